#!/bin/sh
# The figures of the layer in PostgreSQL, each beside its control in the same run. From the top of the project:
#   src/bench/layer.sh transactions    transactions that send, against the same without and against NOTIFY inside
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
*)
    sed -n '2,4s/^# //p' "$0"
    exit 2
    ;;
esac
