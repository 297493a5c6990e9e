#!/bin/sh
# Runs a class of the broker: runbroker.sh CLASS [ARGUMENTS]. The place for its Java flags.
BIN=$(dirname -- "$(readlink -f -- "$0")")
. "$BIN/lib.sh"

# Small, for a laptop. For heaps of gigabytes choose a collector, too: -XX:+UseG1GC
JAVA_OPT="${JAVA_OPT} -server -Xms64m -Xmx256m"
JAVA_OPT="${JAVA_OPT} -XX:+ExitOnOutOfMemoryError"

ensure_jar
run_java "$@"
