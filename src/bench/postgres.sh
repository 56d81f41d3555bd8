# Starts PostgreSQL in a temporary directory, unless DATABASE_URL names one. For other scripts, which read it by ".".
# Environment: FSYNC=off for a PostgreSQL that need not survive.
: "${FSYNC:=on}"
work=$(mktemp -d)
ran_postgres=

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgres() {
    if [ -n "${DATABASE_URL:-}" ]; then return; fi
    bin=$(dirname "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb | tail -1)")
    chmod 777 "$work"
    as_postgres "$bin/initdb" -A trust -U postgres -D "$work/data" >/dev/null
    as_postgres "$bin/pg_ctl" -w -l "$work/log" -D "$work/data" start >/dev/null -o \
        "-p 54329 -k $work -c listen_addresses=127.0.0.1 -c fsync=$FSYNC -c synchronous_commit=$FSYNC -c full_page_writes=$FSYNC"
    ran_postgres=yes
    export DATABASE_URL=postgres://127.0.0.1:54329/postgres DATABASE_USER=postgres
}

stop_postgres() {
    if [ -n "$ran_postgres" ]; then as_postgres "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null || true; fi
    rm -rf "$work"
}
