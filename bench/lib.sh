# Shared by the scripts in this folder: sourced, not run. Bash.
# Everything that is fetched, built or written lies under target/ or in a temporary folder that goes at the end.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
APACHE_4=${APACHE_4:-4.9.5} APACHE_5=${APACHE_5:-5.5.0}
LIB=$ROOT/target/compat/$APACHE_4/lib # the client's jars; the same copy that the compat tests use
CLASSES=$ROOT/target/bench/classes
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
JAVAC=${JAVA}c
WORK=$(mktemp -d "${TMPDIR:-/tmp}/apogee-bench-XXXXXX")
PIDS=()

# Ends what was started here, by process id, and deletes the stores.
end_processes() {
  local pid
  for pid in "${PIDS[@]}"; do kill -9 "$pid" 2>/dev/null; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null; done
  PIDS=()
  rm -rf "${WORK:?}"/*
}

finish() {
  end_processes
  rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 130' INT TERM

note() { printf '%s\n' "$*" >&2; }
fail() { note "$*"; exit 1; }

# Maven: the wrapper, or an installed one where it can't be fetched.
maven() { (cd "$ROOT" && { ./mvnw "$@" || mvn "$@"; }) >&2; }

jars() { # NAME in bench/jars
  [ -d "$ROOT/target/bench/$1/lib" ] || maven -q -B -f bench/jars/pom.xml -pl "$1" generate-resources ||
    fail "the jars of $1 could not be fetched"
}

# The official jars, our jar, and the load client. Arguments: names in bench/jars whose jars are needed, too.
prepare() {
  local name sources=()
  for name in "$APACHE_4" "$APACHE_5"; do
    [ -d "$ROOT/target/compat/$name/lib" ] ||
      maven -q -B -f src/test/compat/pom.xml -pl "$name" generate-resources || fail "the jars of Apache $name could not be fetched"
  done
  CLIENT_CP=$CLASSES:$LIB/*
  for name in "$@"; do
    jars "$name"
    if [ "$name" = kafka ]; then # its client wants a newer slf4j than that of RocketMQ
      CLIENT_CP=$(echo "$ROOT"/target/bench/kafka/lib/slf4j-api-*.jar):$CLIENT_CP
      CLIENT_CP+=:$(echo "$ROOT"/target/bench/kafka/lib/kafka-clients-*.jar)
    fi
  done
  "$ROOT/bin/apogee" version >&2 || fail "ApogeeMQ could not be built"
  for name in "$ROOT"/bench/client/*.java; do # Kafka's part only where Kafka takes part
    [[ ${name##*/} = *Kafka*.java ]] && [[ " $* " != *" kafka "* ]] || sources+=("$name")
  done
  mkdir -p "$CLASSES"
  "$JAVAC" -Xlint:none -nowarn -d "$CLASSES" -cp "$CLIENT_CP" "${sources[@]}" &&
    cp "$ROOT/bench/client/logback.xml" "$CLASSES" || fail "the load client does not compile"
}

# Which sources are measured: the commit's tree of src/main, or the jar where that has been changed.
product() {
  local tree
  if [ -z "$(git -C "$ROOT" status --porcelain src/main pom.xml 2>&1)" ] &&
    tree=$(git -C "$ROOT" rev-parse --short=12 HEAD:src/main 2>/dev/null); then
    echo "tree-$tree"
  else
    echo "jar-$(sha256sum "$ROOT/target/apogeemq.jar" | cut -c1-12)"
  fi
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

# Settings that all brokers get: the defaults, and what must be known. More KEY=VALUE may follow.
broker_conf() { # FILE NAME NAMESRV PORT [KEY=VALUE...]
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
  printf '%s\n' "${@:5}" >>"$1"
}

# Our all-in-one node. After: APOGEE_PID.
start_apogee() { # NAMESRV PORT [KEY=VALUE...]
  broker_conf "$WORK/apogee.conf" apogee "$@"
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

apache() { # NAME VERSION FLAGS... CLASS ARGUMENTS...: as a process of that name
  local name=$1 version=$2; shift 2
  ROCKETMQ_HOME=$WORK/home spawn "$name" "$JAVA" -Duser.home="$WORK" -cp "$ROOT/target/compat/$version/lib/*" "$@"
}

start_apache_namesrv() { # VERSION PORT; after: APACHE_NAMESRV_PID
  apache_home
  printf 'listenPort=%s\nbindAddress=127.0.0.1\nkvConfigPath=%s\nconfigStorePath=%s\n' \
    "$2" "$WORK/kvConfig-$1.json" "$WORK/namesrv-$1.properties" >"$WORK/namesrv-$1.conf"
  apache "namesrv-$1" "$1" "${APACHE_NAMESRV_FLAGS[@]}" org.apache.rocketmq.namesrv.NamesrvStartup -c "$WORK/namesrv-$1.conf"
  APACHE_NAMESRV_PID=$PID
  await "namesrv-$1" "$PID" "boot success" 60
}

start_apache_broker() { # VERSION NAMESRV PORT [KEY=VALUE...]; after: APACHE_PID
  apache_home
  broker_conf "$WORK/broker-$1.conf" "apache-$1" "${@:2}"
  apache "broker-$1" "$1" "${APACHE_BROKER_FLAGS[@]}" org.apache.rocketmq.broker.BrokerStartup -c "$WORK/broker-$1.conf"
  APACHE_PID=$PID
}

# Kafka with the defaults and the JVM flags of its own start script. After: KAFKA_PID.
start_kafka() { # PORT [KEY=VALUE...]
  local kafka=(-cp "$ROOT/target/bench/kafka/lib/*")
  cat >"$WORK/kafka.properties" <<C
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$(($1 + 1))
listeners=PLAINTEXT://127.0.0.1:$1,CONTROLLER://127.0.0.1:$(($1 + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$1
controller.listener.names=CONTROLLER
log.dirs=$WORK/kafka
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
C
  printf '%s\n' "${@:2}" >>"$WORK/kafka.properties"
  "$JAVA" "${kafka[@]}" kafka.tools.StorageTool format -t "$("$JAVA" "${kafka[@]}" kafka.tools.StorageTool random-uuid 2>/dev/null)" \
    -c "$WORK/kafka.properties" >"$WORK/kafka-format.out" 2>&1 || { cat "$WORK/kafka-format.out" >&2; fail "Kafka's folder could not be made"; }
  spawn kafka "$JAVA" -Xms1g -Xmx1g -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 \
    -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true "${kafka[@]}" kafka.Kafka "$WORK/kafka.properties"
  KAFKA_PID=$PID
}

await_port() { # NAME PID PORT SECONDS
  local i
  for ((i = 0; i < $4 * 50; i++)); do
    listens "$3" && return
    kill -0 "$2" 2>/dev/null || break
    sleep 0.02
  done
  tail -n 40 "$WORK/$1.out" >&2
  fail "$1 does not listen at $3"
}

# One process of the load client, the same flags for every target.
client() { # CLASS ARGUMENTS...
  "$JAVA" -Xms512m -Xmx1g -XX:+UseG1GC -Duser.home="$WORK" -Drocketmq.client.logUseSlf4j=true \
    -cp "$CLIENT_CP" "$@"
}

stop_process() { # PID
  kill "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

# status_mib PID FIELD: a figure of /proc/PID/status in MiB (VmRSS: resident; RssAnon: without mapped files).
status_mib() { awk -v field="$2:" '$1 == field {printf "%d", $2 / 1024}' "/proc/$1/status"; }

now_ms() { date +%s%3N; }

# Median and range of milliseconds.
spread() { printf '%s\n' "$@" | sort -n | awk '{v[NR] = $1} END {printf "%d ms (%d to %d)", v[int((NR + 1) / 2)], v[1], v[NR]}'; }
