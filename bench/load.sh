#!/usr/bin/env bash
# The same load on ApogeeMQ and Apache RocketMQ in one run, by one process of the official client.
#   bench/load.sh [--short]
# BENCH_ROUNDS, BENCH_SECONDS, BENCH_WARM (seconds per broker) and BENCH_BACKLOG (messages) change the size.
# Prints every measurement and a table of ratios; see README.md in this folder.
. "$(dirname "$0")/lib.sh"

ROUNDS=5 SECONDS_EACH=8 WARM=30 BACKLOG=500000
[ "${1:-}" = --short ] && { ROUNDS=1 SECONDS_EACH=2 WARM=5 BACKLOG=50000; }
prepare

apogee_ns=$(free_port) apogee_port=$(free_port)
start_apogee "$apogee_ns" "$apogee_port"
apache_ns=$(free_port) apache_port=$(free_port)
start_apache_namesrv "$apache_ns"
start_apache_broker "$apache_ns" "$apache_port"
await apogee "$APOGEE_PID" "boot success" 60
await broker "$APACHE_PID" "boot success" 120

client Load compare "${BENCH_ROUNDS:-$ROUNDS}" "${BENCH_SECONDS:-$SECONDS_EACH}" "${BENCH_WARM:-$WARM}" "${BENCH_BACKLOG:-$BACKLOG}" \
  "ApogeeMQ,127.0.0.1:$apogee_ns,127.0.0.1:$apogee_port,$APOGEE_PID" \
  "Apache-$VERSION,127.0.0.1:$apache_ns,127.0.0.1:$apache_port,$APACHE_PID"
