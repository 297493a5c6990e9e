#!/usr/bin/env bash
# Micro-benchmarks by JMH: the codec of a send, appends, reads, and searches by key. Arguments are JMH's, for example: CodecBench -prof gc
. "$(dirname "$0")/lib.sh"

prepare jmh
OUT=$ROOT/target/bench/micro
CP=$ROOT/target/apogeemq.jar:$ROOT/target/bench/jmh/lib/*
rm -rf "$OUT"
mkdir -p "$OUT"
"$JAVAC" -d "$OUT" -cp "$CP" "$ROOT"/bench/micro/*.java || fail "the micro-benchmarks do not compile"
[ $# -gt 0 ] || set -- -f 1 -wi 4 -w 2 -i 5 -r 2
"$JAVA" --add-opens java.base/java.nio=ALL-UNNAMED --add-opens java.base/jdk.internal.misc=ALL-UNNAMED \
  -cp "$OUT:$CP" org.openjdk.jmh.Main -jvmArgsAppend "-Xmx512m -Djava.io.tmpdir=$WORK" "$@"
