# Shared by the scripts in this folder: sourced, not run. Bash.
# Everything that is fetched, built or written lies under target/ or in a temporary folder that goes at the end.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VERSION=${APACHE_VERSION:-4.9.5}
LIB=$ROOT/target/compat/$VERSION/lib # the same copy that the compat tests use
CLASSES=$ROOT/target/bench/classes
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
JAVAC=${JAVA}c
WORK=$(mktemp -d "${TMPDIR:-/tmp}/apogee-bench-XXXXXX")
PIDS=()

# Ends what was started here, by process id, and deletes the stores.
finish() {
  local pid
  for pid in "${PIDS[@]}"; do kill -9 "$pid" 2>/dev/null; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null; done
  rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 130' INT TERM

note() { printf '%s\n' "$*" >&2; }
fail() { note "$*"; exit 1; }

# Maven: the wrapper, or an installed one where it can't be fetched.
maven() { (cd "$ROOT" && { ./mvnw "$@" || mvn "$@"; }) >&2; }

# The official jars, our jar, and the load client, each only where it is missing or old.
prepare() {
  [ -d "$LIB" ] || maven -q -B -f src/test/compat/pom.xml -pl "$VERSION" generate-resources || fail "the Apache jars could not be fetched"
  "$ROOT/bin/apogee" version >&2 || fail "ApogeeMQ could not be built"
  mkdir -p "$CLASSES"
  "$JAVAC" -Xlint:none -nowarn -d "$CLASSES" -cp "$LIB/*" "$ROOT"/bench/client/*.java &&
    cp "$ROOT/bench/client/logback.xml" "$CLASSES" || fail "the load client does not compile"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port whose neighbours at -2 and +1 are free too.
free_port() {
  local port
  while :; do
    port=$((15000 + RANDOM % 15000))
    listens "$port" || listens $((port - 2)) || listens $((port + 1)) || { echo "$port"; return; }
  done
}

# spawn NAME COMMAND...: starts it in the background; its id in PID and, for the end, in PIDS.
spawn() {
  local name=$1; shift
  "$@" >"$WORK/$name.out" 2>&1 </dev/null &
  PID=$!
  PIDS+=("$PID")
}

# await NAME PID TEXT SECONDS: until the process has said it.
await() {
  local i
  for ((i = 0; i < $4 * 50; i++)); do
    grep -q -- "$3" "$WORK/$1.out" 2>/dev/null && return
    kill -0 "$2" 2>/dev/null || break
    sleep 0.02
  done
  tail -n 40 "$WORK/$1.out" >&2
  fail "$1 did not say '$3'"
}

broker_conf() { # FILE NAME NAMESRV PORT
  cat >"$1" <<C
brokerClusterName=DefaultCluster
brokerName=broker-a
brokerId=0
brokerIP1=127.0.0.1
listenPort=$4
namesrvAddr=127.0.0.1:$3
brokerRole=ASYNC_MASTER
flushDiskType=ASYNC_FLUSH
autoCreateTopicEnable=true
storePathRootDir=$WORK/$2
storePathCommitLog=$WORK/$2/commitlog
C
}

# Our all-in-one node. After: APOGEE_PID.
start_apogee() { # NAMESRV PORT
  broker_conf "$WORK/apogee.conf" apogee "$1" "$2"
  printf 'listenPort=%s\nkvConfigPath=%s\n' "$1" "$WORK/apogee-kvConfig.json" >"$WORK/apogee-namesrv.conf"
  spawn apogee "$ROOT/bin/apogee" server -c "$WORK/apogee.conf" --namesrv-config "$WORK/apogee-namesrv.conf"
  APOGEE_PID=$PID
}

# The flags of Apache's own start scripts on Java 9 and later, with the heaps scaled to a small machine; the
# openings are needed on Java 17, where the store unmaps its files by reflection.
APACHE_BROKER_FLAGS=(-server -Xms1g -Xmx1g -XX:+UseG1GC -XX:G1HeapRegionSize=16m -XX:G1ReservePercent=25
  -XX:InitiatingHeapOccupancyPercent=30 -XX:SoftRefLRUPolicyMSPerMB=0 -XX:-OmitStackTraceInFastThrow
  -XX:+AlwaysPreTouch -XX:MaxDirectMemorySize=15g -XX:-UseLargePages
  --add-opens java.base/java.nio=ALL-UNNAMED --add-opens java.base/sun.nio.ch=ALL-UNNAMED
  --add-opens java.base/jdk.internal.ref=ALL-UNNAMED)
APACHE_NAMESRV_FLAGS=(-server -Xms256m -Xmx256m -XX:+UseG1GC)

apache_home() {
  mkdir -p "$WORK/home/conf"
  local role
  for role in namesrv broker; do
    cp "$ROOT/src/test/compat/home/conf/logback_tools.xml" "$WORK/home/conf/logback_$role.xml"
  done
}

start_apache_namesrv() { # PORT; after: APACHE_NAMESRV_PID
  apache_home
  printf 'listenPort=%s\nbindAddress=127.0.0.1\nkvConfigPath=%s\nconfigStorePath=%s\n' \
    "$1" "$WORK/kvConfig.json" "$WORK/namesrv.properties" >"$WORK/namesrv.conf"
  ROCKETMQ_HOME=$WORK/home spawn namesrv "$JAVA" "${APACHE_NAMESRV_FLAGS[@]}" -Duser.home="$WORK" \
    -cp "$LIB/*" org.apache.rocketmq.namesrv.NamesrvStartup -c "$WORK/namesrv.conf"
  APACHE_NAMESRV_PID=$PID
  await namesrv "$PID" "boot success" 60
}

start_apache_broker() { # NAMESRV PORT; after: APACHE_PID
  apache_home
  broker_conf "$WORK/broker.conf" apache "$1" "$2"
  ROCKETMQ_HOME=$WORK/home spawn broker "$JAVA" "${APACHE_BROKER_FLAGS[@]}" -Duser.home="$WORK" \
    -cp "$LIB/*" org.apache.rocketmq.broker.BrokerStartup -c "$WORK/broker.conf"
  APACHE_PID=$PID
}

# One process of the load client, the same flags for every target.
client() { # CLASS ARGUMENTS...
  "$JAVA" -Xms512m -Xmx1g -XX:+UseG1GC -Duser.home="$WORK" -Drocketmq.client.logUseSlf4j=true \
    -cp "$CLASSES:$LIB/*" "$@"
}

stop_process() { # PID
  kill "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

# status_mib PID FIELD: a figure of /proc/PID/status in MiB (VmRSS: resident; RssAnon: without mapped files).
status_mib() { awk -v field="$2:" '$1 == field {printf "%d", $2 / 1024}' "/proc/$1/status"; }

now_ms() { date +%s%3N; }
