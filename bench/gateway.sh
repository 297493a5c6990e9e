#!/usr/bin/env bash
# HTTP beside the binary protocol of the same node, messages of 1 KB.
#   bench/gateway.sh [--seconds S] [--rounds N] [publish|consume|idle|slow ...]     all without arguments
# Rates per second and per CPU second of the node's process (name server, broker and gateway), which both ways share.
. "$(dirname "$0")/lib.sh"

SECONDS_EACH=4 ROUNDS=3 LINES_TO_RUN=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) SECONDS_EACH=$2; shift ;;
    --rounds) ROUNDS=$2; shift ;;
    publish | consume | idle | slow) LINES_TO_RUN+=("$1") ;;
    *) fail "unknown argument $1" ;;
  esac
  shift
done
[ ${#LINES_TO_RUN[@]} -gt 0 ] || LINES_TO_RUN=(publish consume idle slow)
prepare

for line in "${LINES_TO_RUN[@]}"; do
  ns=$(free_port) port=$(free_port) http=$(free_port)
  start_apogee "$ns" "$port" "gatewayPort=$http"
  await apogee "$APOGEE_PID" "The gateway boot success" 60
  note "$line, $(product)"
  client GatewayBench "$line" "apogee,127.0.0.1:$ns,127.0.0.1:$port,$APOGEE_PID" "$http" "$SECONDS_EACH" "$ROUNDS" ||
    { tail -n 20 "$WORK"/*.out >&2; fail "$line failed"; }
  end_processes
done
