#!/usr/bin/env bash
# Our client for Vert.x beside the official one of 4.9.5, on our broker, each in a JVM of its own; see README.md in this folder.
#   bench/clients.sh [--rounds N] [--seconds S] [--warm S] [CASE ...]     cases: async single linger batch push
# BENCH_FLAGS are further flags of both JVMs.
. "$(dirname "$0")/lib.sh"

ROUNDS=5 SECONDS_EACH=4 WARM=12 CASES=()
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) ROUNDS=$2; shift ;;
    --seconds) SECONDS_EACH=$2; shift ;;
    --warm) WARM=$2; shift ;;
    async | single | linger | batch | push) CASES+=("$1") ;;
    *) fail "unknown argument $1" ;;
  esac
  shift
done
[ ${#CASES[@]} -gt 0 ] || CASES=(async single linger batch push)
prepare
JAR=$ROOT/target/apogeemq.jar
"$JAVAC" -Xlint:none -nowarn -d "$CLASSES" -cp "$CLASSES:$JAR" "$ROOT"/bench/client/vertx/*.java ||
  fail "the load for our client does not compile"

printf '| case | client | rounds | msg/s | msg per client CPU s | client cores | broker cores |\n|---|---|--:|--:|--:|--:|--:|\n'
for name in "${CASES[@]}"; do
  ns=$(free_port) port=$(free_port)
  start_apogee "$ns" "$port"
  await apogee "$APOGEE_PID" "The broker.*boot success" 60
  client -Dbench.flags="${BENCH_FLAGS:-}" Clients "$name" "$ROUNDS" "$SECONDS_EACH" "$WARM" \
    "apogee,127.0.0.1:$ns,127.0.0.1:$port,$APOGEE_PID" "official 4.9.5,OfficialLibrary,$CLIENT_CP" \
    "ours,VertxLibrary,$CLASSES:$JAR" || fail "case $name failed"
  end_processes
done
