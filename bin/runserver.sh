#!/bin/sh
# Runs a class of the name server: runserver.sh CLASS [ARGUMENTS]. The place for its Java flags.
BIN=$(dirname -- "$(readlink -f -- "$0")")
. "$BIN/lib.sh"

JAVA_OPT="${JAVA_OPT} -server -Xms32m -Xmx64m -Xmn16m -XX:MetaspaceSize=32m -XX:MaxMetaspaceSize=128m"
JAVA_OPT="${JAVA_OPT} -XX:+ExitOnOutOfMemoryError"

ensure_jar
run_java "$@"
