#!/bin/sh
# What Django Channels and this library do in the same cases, observed in this run. From the top of the project:
#   src/bench/sceptics.sh
# Needs target/benchmarks.jar (mvn -Pbench -DskipTests package), and Debian's python3-django-channels and daphne.
set -eu

: "${JAR:=target/benchmarks.jar}" "${PYTHON:=/usr/bin/python3}"
bench=org.pekkochannels.bench
export PYTHONPATH=src/bench/python${PYTHONPATH:+:$PYTHONPATH}

if ! "$PYTHON" -c 'import channels, daphne' 2>/dev/null; then
    echo "not run: needs python3-django-channels and daphne" >&2
    exit 1
fi
"$PYTHON" -c '
import channels, daphne, django, platform
print(f"Channels {channels.__version__}, Daphne {daphne.__version__}, Django {django.get_version()}, Python {platform.python_version()};")'
java -version 2>&1 | sed -n '1s/^/Java: /p'
echo
exec java -cp "$JAR" $bench.Sceptics \
    "Channels=$PYTHON src/bench/python/channels_sceptics.py" \
    "Pekko Channels=java -Xmx256m -cp $JAR $bench.ScepticServer"
