#!/usr/bin/env bash
# Many topics and many queues.
#   bench/topics.sh [--short] [--rounds N] [apogee] [queues] [4.9.5] [5.5.0] [kafka]     default: apogee queues 4.9.5
# apogee: 10,000 topics of 8 queues against one topic, by raw sends; a version of Apache RocketMQ, and Kafka by its own client: the
# same with 1,000 topics; queues: 1,000,000 queues of ApogeeMQ with one message each, and the memory that they take.
. "$(dirname "$0")/lib.sh"

ROUNDS=5 SECONDS_EACH=6 WARM=20 MANY=10000 FEWER=1000 QUEUES=100 PARTS=()
while [ $# -gt 0 ]; do
  case $1 in
    --short) ROUNDS=1 SECONDS_EACH=2 WARM=4 MANY=500 FEWER=50 QUEUES=20 ;;
    --rounds) ROUNDS=$2; shift ;;
    *) PARTS+=("$1") ;;
  esac
  shift
done
[ ${#PARTS[@]} -gt 0 ] || PARTS=(apogee queues "$APACHE_4")
if [[ " ${PARTS[*]} " = *" kafka "* ]]; then prepare kafka; else prepare; fi
ulimit -n "$(ulimit -Hn)" # Apache keeps a file open per queue

for part in "${PARTS[@]}"; do
  ns=$(free_port) port=$(free_port)
  case $part in
    apogee)
      start_apogee "$ns" "$port"
      await apogee "$APOGEE_PID" "The broker.*boot success" 60
      client ManyTopics "apogee,-,127.0.0.1:$port,$APOGEE_PID" $MANY 8 "$ROUNDS" "$SECONDS_EACH" "$WARM" ;;
    queues)
      JAVA_OPT_EXT="-Xmx1g" start_apogee "$ns" "$port"
      await apogee "$APOGEE_PID" "The broker.*boot success" 60
      client ManyTopics "apogee,-,127.0.0.1:$port,$APOGEE_PID" $MANY $QUEUES 0 0 0 ;;
    kafka)
      start_kafka "$port"
      await_port kafka "$KAFKA_PID" "$port" 120
      client ManyKafkaTopics "kafka,-,127.0.0.1:$port,$KAFKA_PID" $FEWER 8 "$ROUNDS" "$SECONDS_EACH" "$WARM" ;;
    *)
      start_apache_namesrv "$part" "$ns"
      start_apache_broker "$part" "$ns" "$port"
      await "broker-$part" "$APACHE_PID" "boot success" 120
      client ManyTopics "apache-$part,-,127.0.0.1:$port,$APACHE_PID" $FEWER 8 "$ROUNDS" "$SECONDS_EACH" "$WARM" ;;
  esac || { tail -n 20 "$WORK"/*.out >&2; fail "$part failed"; }
  end_processes
done
