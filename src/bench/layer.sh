#!/bin/sh
# The figures of the layer in PostgreSQL, each beside its control in the same run. From the top of the project:
#   src/bench/layer.sh transactions    transactions that send, against the same without and against NOTIFY inside
#   src/bench/layer.sh latency         from commit to a client of another node, at 1,000 transactions a second
#   src/bench/layer.sh relay           two nodes with WebSockets, against a relay by hand (FSYNC=off)
#   src/bench/layer.sh idle            CPU and statements of idle nodes over a minute
# Needs target/benchmarks.jar (mvn -Pbench -DskipTests package) and PostgreSQL's programs. Environment: ROUNDS, WARM and
# WINDOW (seconds).
set -eu

: "${JAR:=target/benchmarks.jar}" "${ROUNDS:=3}" "${WARM:=20}" "${WINDOW:=2}"
bench=org.pekkochannels.bench
flags="-Xms512m -Xmx512m -XX:+UseParallelGC"
. "$(dirname "$0")/postgres.sh"
trap stop_postgres EXIT INT TERM

java_bench() {
    java $flags -cp "$JAR" "$@"
}

case ${1:-} in
transactions)
    start_postgres
    java_bench $bench.TransactionalSends "$WARM" "$WINDOW" "$ROUNDS"
    ;;
latency)
    start_postgres
    java_bench $bench.CommitLatency "$WARM" "$WINDOW" "$ROUNDS"
    ;;
relay)
    start_postgres
    LAYER=postgres java_bench -Drounds="$ROUNDS" -Dseconds="$WINDOW" -Dwarm-up="$WARM" -Dmembers=1 -Din-flight=0,64 \
        $bench.CompareNodes relay="java $flags -cp $JAR $bench.RelayServer" channels="java $flags -Dawaited=false -cp $JAR $bench.NodeServer"
    ;;
idle)
    start_postgres
    java_bench $bench.IdleNodes 60
    ;;
*)
    sed -n '2,7s/^# //p' "$0"
    exit 2
    ;;
esac
