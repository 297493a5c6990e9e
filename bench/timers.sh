#!/usr/bin/env bash
# Very many timers that wait: the memory they take.
#   bench/timers.sh [COUNT [BROKER ...]]     default: 1000000 apogee; a BROKER is apogee or a 5.x version of Apache RocketMQ
# Timers are due at random within a year; messages of 100 B by raw sends. Heap after a full collection and resident memory without mapped
# files, before and with them, and after a restart of ours on the same store.
. "$(dirname "$0")/lib.sh"

COUNT=${1:-1000000}
BROKERS=("${@:2}")
[ ${#BROKERS[@]} -gt 0 ] || BROKERS=(apogee)
prepare
JCMD=${JAVA_HOME:+$JAVA_HOME/bin/}jcmd

# KiB of the heap that is in use after a full collection.
heap_kib() { # PID
  "$JCMD" "$1" GC.run >/dev/null
  "$JCMD" "$1" GC.heap_info | # one line for the heap, or one for each of its generations
    awk '/(heap|generation) .*used/ {match($0, /used [0-9]+/); sum += substr($0, RSTART + 5, RLENGTH - 5)} END {print sum + 0}'
}

anonymous_kib() { awk '$1 == "RssAnon:" {print $2}' "/proc/$1/status"; } # PID

say() { # WHAT PID
  HEAP=$(heap_kib "$2") RESIDENT=$(anonymous_kib "$2")
  printf '%-28s heap %7d KiB, resident without mapped files %7d KiB\n' "$1" "$HEAP" "$RESIDENT"
}

for broker in "${BROKERS[@]}"; do
  ns=$(free_port) port=$(free_port)
  if [ "$broker" = apogee ]; then
    start_apogee "$ns" "$port" timerMaxDelaySec=31536000
    await apogee "$APOGEE_PID" "boot success" 60
    pid=$APOGEE_PID
  else
    start_apache_namesrv "$broker" "$ns"
    start_apache_broker "$broker" "$ns" "$port" timerMaxDelaySec=31536000
    await "broker-$broker" "$APACHE_PID" "boot success" 120
    pid=$APACHE_PID
  fi
  say "$broker, without timers" "$pid"
  heap=$HEAP resident=$RESIDENT
  client PutTimers "$broker,-,127.0.0.1:$port,$pid" "$COUNT" || { tail -n 20 "$WORK"/*.out >&2; fail "$broker failed"; }
  say "$broker, with $COUNT timers" "$pid"
  awk -v h=$((HEAP - heap)) -v r=$((RESIDENT - resident)) -v n="$COUNT" \
    'BEGIN {printf "%28s heap %7.1f B, resident %19s %7.1f B\n", "per timer:", h * 1024 / n, "", r * 1024 / n}'
  if [ "$broker" = apogee ]; then
    stop_process "$pid"
    from=$(now_ms)
    spawn apogee "$ROOT/bin/apogee" server -c "$WORK/apogee.conf" --namesrv-config "$WORK/apogee-namesrv.conf"
    await apogee "$PID" "boot success" 60
    printf '%-28s %d ms\n' "$broker, started again in" $(($(now_ms) - from))
    sleep 5 # it writes its first checkpoint
    say "$broker, started again" "$PID"
  fi
  end_processes
done
