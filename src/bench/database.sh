#!/bin/sh
# The figures of the database lane, each beside its control in the same run. From the top of the project:
#   src/bench/database.sh handle       what withHandle adds to the same work on a plain thread
#   src/bench/database.sh batch        batched inserts against single ones
#   src/bench/database.sh websocket    64 WebSockets against a plain loop, with the same work, threads and pool
#   src/bench/database.sh stuck        an echo's p99 with every database thread busy against without
# Needs target/benchmarks.jar (mvn -Pbench -DskipTests package), PostgreSQL's programs, and for the last two the load
# generator (LOADGEN). Environment: FSYNC=off for a PostgreSQL that need not survive, THREADS, ROUNDS, WARM and WINDOW
# (seconds), PORT; EDGE=netty for the servers' other edge.
set -eu

jar=target/benchmarks.jar
: "${EDGE:=http}" "${THREADS:=8}" "${ROUNDS:=3}" "${WARM:=10}" "${WINDOW:=5}" "${PORT:=8000}" "${LOADGEN:=loadgen}"
bench=org.pekkochannels.bench
flags="-Xms512m -Xmx512m -XX:+UseParallelGC"
server=
. "$(dirname "$0")/postgres.sh"

java_bench() {
    java $flags -cp "$jar" "$@"
}

stop_all() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
    stop_postgres
}
trap stop_all EXIT INT TERM

start_server() {
    # Not by the function: this is to be the process itself.
    PORT=$PORT ASGI_THREADS=$THREADS java $flags -Dchannels.edge=$EDGE -cp "$jar" $bench.BenchServer >"$work/server" 2>&1 &
    server=$!
    for _ in $(seq 600); do
        if curl -sf -o /dev/null "http://127.0.0.1:$PORT/ready"; then return; fi
        sleep 0.1
    done
    cat "$work/server"
    exit 1
}

case ${1:-} in
handle)
    java_bench $bench.HandleLoop "$WARM" "$WINDOW" "$ROUNDS"
    ;;
batch)
    start_postgres
    ASGI_THREADS=$THREADS java_bench $bench.BatchLoop 64 64 "$WARM" "$WINDOW" "$ROUNDS"
    ;;
websocket)
    start_postgres
    start_server
    # Some 4000 messages a second are compiled only after a minute or two; the loop by itself is sooner.
    "$LOADGEN" --mode db --port "$PORT" -n 64 -s 64 -w "$((9 * WARM))" -d 1 -k 1 >/dev/null 2>&1
    for _ in $(seq "$ROUNDS"); do
        loop=$(ASGI_THREADS=$THREADS java_bench $bench.DatabaseLoop jdbi "$WARM" "$WINDOW" | tail -1)
        ours=$("$LOADGEN" --mode db --port "$PORT" -n 64 -s 64 -w 3 -d "$WINDOW" -k 1 --server-pid "$server" 2>/dev/null)
        rate=$(echo "$ours" | sed 's/.*"rate":\([0-9.]*\).*/\1/')
        echo "$loop" | awk -v ours="$rate" '{ print "loop " $0 "; websockets " ours " per second: " ours / $1 " times" }'
    done
    ;;
stuck)
    start_postgres
    THREADS=4 start_server
    # Some 80 slow messages a second would not be compiled for minutes, and take milliseconds instead of microseconds.
    "$LOADGEN" --mode db --port "$PORT" -n 16 -s 64 -w 1 -d "$((3 * WARM))" -k 1 >/dev/null 2>&1
    for _ in $(seq "$ROUNDS"); do
        "$LOADGEN" --mode mixed --port "$PORT" -n 64 -s 64 --slow 32 --rate 2000 -w "$WARM" -d "$WINDOW" \
            --server-pid "$server" 2>/dev/null
    done | sed 's/.*"echo_alone"\(.*\),"server_cpu_pct_alone.*/\1/'
    ;;
*)
    sed -n '2,6s/^# //p' "$0"
    exit 2
    ;;
esac
