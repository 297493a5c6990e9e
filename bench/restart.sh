#!/usr/bin/env bash
# From process start to the first answered send and pull, after kill -9, with a large store of messages of 100 B.
#   bench/restart.sh [--runs N] [SIZE_GIB [BROKER ...]]     default: 10 apogee 4.9.5
# BROKER: apogee, or a version of Apache RocketMQ. Needs SIZE_GIB of disk for one broker at a time, and as much again
# for Apache's indexes. Results: target/bench/results/restart.jsonl.
. "$(dirname "$0")/lib.sh"

RUNS=3
[ "${1:-}" = --runs ] && { RUNS=$2; shift 2; }
SIZE=${1:-10}
[ $# -gt 1 ] && BROKERS=("${@:2}") || BROKERS=(apogee "$APACHE_4")
RESULTS=$ROOT/target/bench/results/restart.jsonl
prepare
PRODUCT=$(product)
mkdir -p "${RESULTS%/*}"
free_gib=$(df -Pk "$WORK" | awk 'NR == 2 {print int($4 / 1048576)}')
[ "$free_gib" -gt $((SIZE * 2 + 2)) ] || fail "$free_gib GiB are free at $WORK, $((SIZE * 2 + 2)) are needed"

start_broker() { # BROKER; after: BROKER_PID
  if [ "$1" = apogee ]; then
    start_apogee "$ns" "$port"
    BROKER_PID=$APOGEE_PID
  else
    start_apache_broker "$1" "$ns" "$port"
    BROKER_PID=$APACHE_PID
  fi
}

# All of the store into the system's memory, the newest files last.
warm() { find "$1" -type f | sort | xargs cat >/dev/null; }

# None of it: advises the kernel to drop each file's pages.
evict() {
  sync
  find "$1" -type f -exec dd if={} iflag=nocache count=0 status=none \;
}

# Stores messages until the log has so many GiB. After: LAST_OFFSET.
fill() { # GIB
  client Fill "127.0.0.1:$port" "$1" >"$WORK/fill.out" || { cat "$WORK/fill.out" >&2; fail "filling failed"; }
  note "  $(grep GiB "$WORK/fill.out")"
  LAST_OFFSET=$(awk '$1 == "LAST" {print $2}' "$WORK/fill.out")
}

restart() { # BROKER STORE CACHE
  kill -9 "$BROKER_PID"
  wait "$BROKER_PID" 2>/dev/null
  "$3" "$2"
  local from probe first offset
  client Probe "127.0.0.1:$port" >"$WORK/probe.out" 2>&1 </dev/null &
  probe=$!
  PIDS+=("$probe")
  await probe "$probe" READY 30
  from=$(now_ms)
  start_broker "$1"
  wait "$probe" || { cat "$WORK/probe.out" "$WORK"/*"$1.out" >&2; fail "$1 did not come back"; }
  read -r _ first offset <<<"$(grep FIRST "$WORK/probe.out")"
  [ "$offset" -eq $((LAST_OFFSET + 1)) ] || fail "$1 lost messages: offset $offset after $LAST_OFFSET"
  MS=$((first - from))
}

for broker in "${BROKERS[@]}"; do
  ns=$(free_port) port=$(free_port)
  store=$WORK/apache-$broker
  [ "$broker" != apogee ] && start_apache_namesrv "$broker" "$ns" || store=$WORK/apogee
  start_broker "$broker"
  await_port "${broker/#[0-9]/broker-${broker:0:1}}" "$BROKER_PID" "$port" 120
  note "$broker: filling"
  count=0
  for cache in warm evict; do
    all=()
    for ((run = 1; run <= RUNS; run++)); do
      # Before each kill a little more, so that the end of the log is never tidy; 91 to 99 % of the last file.
      fill "$(awk -v size="$SIZE" -v n=$count -v of=$((RUNS * 2)) 'BEGIN {print size - 0.09 + 0.08 * n / of}')"
      count=$((count + 1))
      restart "$broker" "$store" "$cache"
      all+=("$MS")
      echo "$broker, $SIZE GiB, $cache: $MS ms"
      printf '{"broker":"%s","gib":%s,"cache":"%s","ms":%s,"product":"%s"}\n' "$broker" "$SIZE" "$cache" "$MS" "$PRODUCT" >>"$RESULTS"
    done
    summary+=("| $broker | $SIZE | $cache | $(spread "${all[@]}") |")
  done
  end_processes
done
echo
echo "| broker | GiB | page cache | from process start to the first answered send and pulls |"
echo "|---|--:|---|---|"
printf '%s\n' "${summary[@]}"
