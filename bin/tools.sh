#!/bin/sh
# Runs a program with the jar on its class path: tools.sh CLASS [ARGUMENTS]. RocketMQ's own example and tool
# classes are answered by our counterparts, which print the same.
BIN=$(dirname -- "$(readlink -f -- "$0")")
. "$BIN/lib.sh"

JAVA_OPT="${JAVA_OPT} -Xms16m -Xmx256m -XX:TieredStopAtLevel=1"

[ $# -gt 0 ] || die "usage: tools.sh CLASS [ARGUMENTS]"
class=$1
shift
case $class in
  org.apache.rocketmq.example.quickstart.Producer) class=io.apogeemq.cli.quickstart.Producer ;;
  org.apache.rocketmq.example.quickstart.Consumer) class=io.apogeemq.cli.quickstart.Consumer ;;
  org.apache.rocketmq.tools.command.MQAdminStartup) class=io.apogeemq.cli.MqAdmin ;;
  org.apache.rocketmq.*)
    if [ -z "${CLASSPATH:-}" ]; then
      die "$class is not part of ApogeeMQ. Put RocketMQ's own jars on the CLASSPATH to run it."
    fi
    foreign=yes
    ;;
esac
EXTRA_CLASSPATH=${CLASSPATH:-}

# Libraries of our jar in other versions must not come before those that a foreign class was built with.
if [ -n "${foreign:-}" ]; then
  # shellcheck disable=SC2086
  exec "$JAVA" ${JAVA_OPT:-} ${JAVA_OPT_EXT:-} -cp "$CLASSPATH" "$class" "$@"
fi

ensure_jar
run_java "$class" "$@"
