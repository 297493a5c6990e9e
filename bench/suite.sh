#!/usr/bin/env bash
# The lines a to j, t, x, pop, orderly and delayed: ApogeeMQ beside Apache RocketMQ 4.9.x and 5.x; see README.md in this folder.
#   bench/suite.sh [--rounds N] [--seconds S] [--resume] [--short] [--with kafka] [--report] [LINE ...]
# Results: one JSON object per measurement in target/bench/results/; --resume measures only the rounds that are
# missing there for the present sources; --report only prints the tables. All lines without arguments.
. "$(dirname "$0")/lib.sh"

ROUNDS=5 SECONDS_EACH=5 WARM=20 BACKLOG=1000000 RESUME= REPORT= WITH=() LINES_TO_RUN=()
RESULTS=$ROOT/target/bench/results
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) ROUNDS=$2; shift ;;
    --seconds) SECONDS_EACH=$2; shift ;;
    --with) WITH+=("$2"); shift ;;
    --resume) RESUME=yes ;;
    --report) REPORT=yes ;;
    --short) ROUNDS=1 SECONDS_EACH=2 WARM=4 BACKLOG=50000 RESULTS=$ROOT/target/bench/short ;;
    [a-jtx] | pop | orderly | delayed) LINES_TO_RUN+=("$1") ;;
    *) fail "unknown argument $1" ;;
  esac
  shift
done
[ ${#LINES_TO_RUN[@]} -gt 0 ] || LINES_TO_RUN=(a b c d e f g h i j t x pop orderly delayed)
prepare "${WITH[@]}"
PRODUCT=$(product)
mkdir -p "$RESULTS"

# Fills free memory with cached pages of a file, as it is on a machine that has been up for a while: a server then
# takes over pages that were used before. Where memory was never used, each page of the log is the first touch of it,
# which on a virtual machine costs more than all else that is measured.
fill_page_cache() {
  local mib
  mib=$(awk '/^MemFree:/ { print int($2 / 1024) - 1024 }' /proc/meminfo)
  [ "$mib" -le 0 ] || [ "$mib" -gt $(($(df -Pm "$WORK" | awk 'NR == 2 { print $4 }') - 20480)) ] ||
    { head -c "${mib}M" /dev/zero >"$WORK/page-cache" && sync "$WORK/page-cache"; }
}

# The servers of a line, in fresh stores. After: TARGETS.
start_servers() { # LINE
  local settings=() version ns port
  TARGETS=()
  [ "$1" != c ] || settings=(flushDiskType=SYNC_FLUSH)
  [ "$1" != t ] || settings=(enablePropertyFilter=true) # the default of ours, not of Apache's
  ns=$(free_port) port=$(free_port)
  start_apogee "$ns" "$port" "${settings[@]}"
  await apogee "$APOGEE_PID" "The broker.*boot success" 60
  TARGETS+=("apogee,127.0.0.1:$ns,127.0.0.1:$port,$APOGEE_PID")
  for version in "$APACHE_4" "$APACHE_5"; do
    [ "$1 $version" != "pop $APACHE_4" ] || continue # it knows no pop
    ns=$(free_port) port=$(free_port)
    start_apache_namesrv "$version" "$ns"
    start_apache_broker "$version" "$ns" "$port" "${settings[@]}"
    await "broker-$version" "$APACHE_PID" "boot success" 120
    TARGETS+=("apache-$version,127.0.0.1:$ns,127.0.0.1:$port,$APACHE_PID,$APACHE_NAMESRV_PID")
  done
  if [[ " ${WITH[*]} " = *" kafka "* ]]; then
    port=$(free_port)
    start_kafka "$port"
    await_port kafka "$KAFKA_PID" "$port" 120
    TARGETS+=("kafka,-,127.0.0.1:$port,$KAFKA_PID")
  fi
}

[ -n "$REPORT" ] || for line in "${LINES_TO_RUN[@]}"; do
  rounds=$ROUNDS
  [ -z "$RESUME" ] || rounds=$((ROUNDS - $(client Report "$RESULTS" "$PRODUCT" "$line")))
  if [ "$rounds" -le 0 ]; then
    note "line $line is complete"
    continue
  fi
  note "line $line: $rounds rounds of $PRODUCT"
  fill_page_cache
  start_servers "$line"
  client -Dbench.others="${BENCH_OTHERS:-0.15}" Suite "$line" "$rounds" "$SECONDS_EACH" "$WARM" "$BACKLOG" \
    "$RESULTS/$line.jsonl" "$PRODUCT" "${TARGETS[@]}" || fail "line $line failed"
  end_processes
done
client Report "$RESULTS" "$PRODUCT"
