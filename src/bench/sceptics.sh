#!/bin/sh
# What Django Channels and this library do in the same cases, observed in this run. From the top of the project:
#   src/bench/sceptics.sh
# Needs target/benchmarks.jar (mvn -Pbench -DskipTests package), and Debian's python3-django-channels, python3-channels-redis
# and daphne. Rows that need python3-uvicorn, redis-server or PostgreSQL's programs are not run where those are not found.
set -eu

: "${JAR:=target/benchmarks.jar}" "${PYTHON:=/usr/bin/python3}"
bench=org.pekkochannels.bench
export PYTHONPATH=src/bench/python${PYTHONPATH:+:$PYTHONPATH}

if ! "$PYTHON" -c 'import channels, channels_redis, daphne' 2>/dev/null; then
    echo "not run: needs python3-django-channels, python3-channels-redis and daphne" >&2
    exit 1
fi
channels=$("$PYTHON" -c 'import channels; print(channels.__version__)')

FSYNC=off
. "$(dirname "$0")/postgres.sh"
redis_pid=
finish() {
    [ -z "$redis_pid" ] || kill "$(cat "$work/redis.pid")" 2>/dev/null || true
    stop_postgres
}
trap finish EXIT INT TERM

versions="Channels $channels, Daphne $("$PYTHON" -c 'import daphne; print(daphne.__version__)')"
if command -v redis-server >/dev/null; then
    export REDIS_PORT=63799
    start_redis="redis-server --port $REDIS_PORT --save '' --appendonly no --daemonize yes --pidfile $work/redis.pid"
    sh -c "$start_redis" >/dev/null
    redis_pid=yes
    export RESTART_REDIS="kill -9 \$(cat $work/redis.pid); sleep 1; $start_redis"
    versions="$versions, channels_redis $("$PYTHON" -c 'import channels_redis; print(channels_redis.__version__)'), $(redis-server --version | sed 's/.* v=\([^ ]*\).*/Redis \1/')"
fi
if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    start_postgres
    run_as=$([ "$(id -u)" = 0 ] && echo "runuser -u postgres --" || true)
    export RESTART_POSTGRES="$run_as $bin/pg_ctl -w -D $work/data -l $work/log -m immediate restart"
    versions="$versions, $("$bin/postgres" --version | sed 's/postgres (PostgreSQL)/PostgreSQL/; s/ (.*//')"
fi
set -- "Channels on Daphne=$PYTHON src/bench/python/channels_sceptics.py"
if "$PYTHON" -c 'import uvicorn, wsproto' 2>/dev/null; then
    versions="$versions, uvicorn $("$PYTHON" -c 'import uvicorn; print(uvicorn.__version__)')"
    set -- "$@" "Channels on uvicorn=$PYTHON src/bench/python/channels_sceptics.py uvicorn"
fi
echo "$versions, Django $("$PYTHON" -c 'import django; print(django.get_version())'), $("$PYTHON" --version);"
java -version 2>&1 | sed -n '1s/^/Java: /p'
echo
java -Dchannels.version="$channels" -cp "$JAR" $bench.Sceptics "$@" \
    "Pekko Channels=java -Xmx256m -cp $JAR $bench.ScepticServer"
if [ -n "${DATABASE_URL:-}" ]; then
    echo
    echo '| a reader of rows that commit late | committed | missed | twice |'
    echo '|---|---|---|---|'
    java -Xmx256m -cp "$JAR" $bench.LateCommits | grep "^|"
fi
