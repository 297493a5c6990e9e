#!/bin/sh
# Runs a class of the broker: runbroker.sh CLASS [ARGUMENTS]. The place for its Java flags.
BIN=$(dirname -- "$(readlink -f -- "$0")")
. "$BIN/lib.sh"

JAVA_OPT="${JAVA_OPT} -server -Xms64m -Xmx256m"
JAVA_OPT="${JAVA_OPT} -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError"

ensure_jar
run_java "$@"
