#!/usr/bin/env bash
# From process start to the first message: how long, and how much memory. ApogeeMQ beside Apache RocketMQ.
#   bench/start.sh [--short]
# Prints one line per start and a table; see README.md in this folder.
. "$(dirname "$0")/lib.sh"

RUNS=5 LOAD_SECONDS=60 IDLE_SECONDS=10
[ "${1:-}" = --short ] && { RUNS=1 LOAD_SECONDS=10 IDLE_SECONDS=3; }
RUNS=${BENCH_RUNS:-$RUNS} VERSION=$APACHE_4
prepare

start_client() { # NAMESRV; after: CLIENT_PID, and it is already trying
  "$JAVA" -Xmx128m -Duser.home="$WORK" -Drocketmq.client.logUseSlf4j=true -cp "$CLASSES:$LIB/*" FirstSend "127.0.0.1:$1" \
    >"$WORK/first.out" 2>&1 </dev/null &
  CLIENT_PID=$!
  PIDS+=("$CLIENT_PID")
  await first "$CLIENT_PID" READY 30
}

first_send() { # when, in ms since 1970
  await first "$CLIENT_PID" FIRST 120
  awk '$1 == "FIRST" {print $2}' "$WORK/first.out"
}

load() { # NAMESRV PORT PID
  note "  $LOAD_SECONDS s of load"
  client Soak "127.0.0.1:$1" "127.0.0.1:$2" "$3" "$LOAD_SECONDS" >"$WORK/soak.out" 2>&1 || { cat "$WORK/soak.out" >&2; fail "load failed"; }
}

memory() { # NAME PIDS...: resident and anonymous MiB over all processes of the installation
  local pid rss=0 anon=0
  for pid in "${@:2}"; do
    rss=$((rss + $(status_mib "$pid" VmRSS)))
    anon=$((anon + $(status_mib "$pid" RssAnon)))
  done
  printf '%s resident %d MiB, of it %d MiB not mapped files\n' "$1" "$rss" "$anon"
}

apogee_times=() apache_times=() apache_broker_times=()
for ((run = 1; run <= RUNS; run++)); do
  ns=$(free_port) port=$(free_port)
  start_client "$ns"
  from=$(now_ms)
  start_apogee "$ns" "$port"
  at=$(first_send)
  apogee_times+=($((at - from)))
  echo "ApogeeMQ all-in-one, start $run: $((at - from)) ms from process start to the first send"
  if [ "$run" -eq "$RUNS" ]; then
    sleep "$IDLE_SECONDS"
    apogee_idle=$(memory "ApogeeMQ all-in-one, idle:" "$APOGEE_PID")
    load "$ns" "$port" "$APOGEE_PID"
    apogee_loaded=$(memory "ApogeeMQ all-in-one, after $LOAD_SECONDS s of load:" "$APOGEE_PID")
  fi
  stop_process "$APOGEE_PID"
  rm -rf "$WORK/apogee"

  ns=$(free_port) port=$(free_port)
  start_client "$ns"
  from=$(now_ms)
  start_apache_namesrv "$VERSION" "$ns"
  broker_from=$(now_ms)
  start_apache_broker "$VERSION" "$ns" "$port"
  at=$(first_send)
  apache_times+=($((at - from))) apache_broker_times+=($((at - broker_from)))
  echo "Apache $VERSION, start $run: $((at - from)) ms, of it $((at - broker_from)) ms the broker's"
  if [ "$run" -eq "$RUNS" ]; then
    sleep "$IDLE_SECONDS"
    apache_idle=$(memory "Apache $VERSION name server and broker, idle:" "$APACHE_PID" "$APACHE_NAMESRV_PID")
    load "$ns" "$port" "$APACHE_PID"
    apache_loaded=$(memory "Apache $VERSION name server and broker, after $LOAD_SECONDS s of load:" "$APACHE_PID" "$APACHE_NAMESRV_PID")
  fi
  stop_process "$APACHE_PID"
  stop_process "$APACHE_NAMESRV_PID"
  rm -rf "$WORK/apache"
done

echo
echo "from process start to the first successful send, median (range) of $RUNS"
echo "  ApogeeMQ all-in-one               $(spread "${apogee_times[@]}")"
echo "  Apache $VERSION name server + broker $(spread "${apache_times[@]}")"
echo "  Apache $VERSION broker alone         $(spread "${apache_broker_times[@]}")"
printf '%s\n' "$apogee_idle" "$apogee_loaded" "$apache_idle" "$apache_loaded"
