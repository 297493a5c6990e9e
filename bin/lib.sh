# Shared by the scripts in this folder: sourced, not run. POSIX sh.
# Before:  BIN  this folder.  After:  APOGEEMQ_HOME  the installation,  JAVA  the java command,  JAR  the fat jar,
# ARCHIVE  its class data archive, which need not exist.

MIN_JAVA=17

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Java from JAVA_HOME, else from the PATH; at least MIN_JAVA.
find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    JAVA=$JAVA_HOME/bin/java
    [ -x "$JAVA" ] || die "JAVA_HOME is $JAVA_HOME, but there is no $JAVA. ApogeeMQ needs Java $MIN_JAVA or newer."
  else
    JAVA=$(command -v java) ||
      die "No Java found: set JAVA_HOME or put java on the PATH. ApogeeMQ needs Java $MIN_JAVA or newer."
  fi
  # The release file answers without starting a JVM. JAVA may be a symbolic link into the JDK.
  java_real=$(readlink -f "$JAVA" 2>/dev/null || printf '%s' "$JAVA")
  java_release=${java_real%/bin/java}/release
  java_version=
  if [ -r "$java_release" ]; then
    java_version=$(sed -n 's/^JAVA_VERSION="\(.*\)".*/\1/p' "$java_release")
  fi
  [ -n "$java_version" ] || java_version=$("$JAVA" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
  java_major=${java_version#1.}
  java_major=${java_major%%[!0-9]*}
  [ "${java_major:-0}" -ge "$MIN_JAVA" ] 2>/dev/null ||
    die "$JAVA is version ${java_version:-unknown}. ApogeeMQ needs Java $MIN_JAVA or newer."
}

# The jar of an installation lies in lib/, that of a source folder in target/.
find_jar() {
  if [ -n "${APOGEEMQ_JAR:-}" ]; then
    JAR=$APOGEEMQ_JAR
  elif [ -f "$APOGEEMQ_HOME/lib/apogeemq.jar" ]; then
    JAR=$APOGEEMQ_HOME/lib/apogeemq.jar
  else
    JAR=$APOGEEMQ_HOME/target/apogeemq.jar
  fi
  ARCHIVE=${JAR%.jar}-$java_version.jsa
}

# Builds the jar where it is missing; with "fresh" also where a source file is newer.
ensure_jar() {
  [ -z "${APOGEEMQ_JAR:-}" ] || return 0
  if [ -f "$JAR" ]; then
    [ "${1:-}" = fresh ] && [ -f "$APOGEEMQ_HOME/pom.xml" ] || return 0
    newer=$(find "$APOGEEMQ_HOME/pom.xml" "$APOGEEMQ_HOME/src/main" -type f -newer "$JAR" 2>/dev/null | head -n 1)
    [ -n "$newer" ] || return 0
  fi
  [ -f "$APOGEEMQ_HOME/pom.xml" ] || die "$JAR is missing."
  # Two scripts that are started together must not build into each other's target folder.
  lock=$APOGEEMQ_HOME/.building
  waited=0
  while ! mkdir "$lock" 2>/dev/null; do
    [ -d "$lock" ] || [ -w "$APOGEEMQ_HOME" ] || die "$APOGEEMQ_HOME can't be written, and $JAR has to be built there."
    holder=$(cat "$lock/pid" 2>/dev/null)
    # A holder that has not written its number within 3 s is dead, too.
    if [ "$waited" -gt 2 ] && { [ -z "$holder" ] || ! kill -0 "$holder" 2>/dev/null; }; then
      [ -w "$APOGEEMQ_HOME" ] || die "$APOGEEMQ_HOME can't be written, and $lock is left over from a build."
      rm -rf "$lock"
    elif [ "$waited" -eq 0 ]; then
      say "Another script is building; waiting for it."
    fi
    waited=$((waited + 1))
    sleep 1
  done
  echo $$ >"$lock/pid" || die "$lock can't be written."
  trap 'rm -rf "$lock"' EXIT
  trap 'exit 130' INT TERM
  if [ "$waited" -eq 0 ] || [ ! -f "$JAR" ]; then
    build_jar
  fi
  rm -rf "$lock"
  trap - EXIT INT TERM
}

build_jar() {
  say "Building $JAR (once; a few minutes where Maven has to fetch everything) ..."
  (
    cd "$APOGEEMQ_HOME" || exit 1
    set -- -q -B -DskipTests -Dspotless.apply.skip=true package
    if ./mvnw "$@" >&2; then exit 0; fi
    # Where Maven itself can't be fetched, an installed one will do.
    command -v mvn >/dev/null || exit 1
    say "./mvnw failed; trying the installed mvn."
    mvn "$@" >&2
  ) || die "The build failed; see above."
  [ -f "$JAR" ] || die "The build made no $JAR."
  make_archive
}

# Class data archive: a short run of everything records which classes a start needs, so that the next
# start maps them instead of parsing them. A start without it works just as well, only later.
make_archive() {
  new=$ARCHIVE.$$
  if "$JAVA" -XX:ArchiveClassesAtExit="$new" -Xlog:disable -Xmx256m -cp "$JAR" io.apogeemq.app.Main \
    quickstart --exit --scratch >/dev/null 2>&1 && [ -f "$new" ]; then
    mv -f "$new" "$ARCHIVE"
  else
    rm -f "$new"
    say "No class data archive was made; starts take a second longer."
  fi
}

# Replaces the shell by Java: run_java CLASS ARGUMENTS. JAVA_OPT and JAVA_OPT_EXT are split at blanks;
# of two contradicting flags Java takes the last, so JAVA_OPT_EXT overrules.
run_java() {
  class=$1
  shift
  # On a heap of a few hundred megabytes the serial collector needed the least memory and no more time
  # than the others. Java refuses two collectors, so one that was chosen elsewhere takes its place.
  case "${JAVA_OPT:-} ${JAVA_OPT_EXT:-}" in
    *-XX:+Use*GC*) ;;
    *) JAVA_OPT="${JAVA_OPT:-} -XX:+UseSerialGC" ;;
  esac
  set -- -Dapogeemq.home="$APOGEEMQ_HOME" -cp "$JAR${EXTRA_CLASSPATH:+:$EXTRA_CLASSPATH}" "$class" "$@"
  # Newer ones warn when Netty loads its native transport, unless it is allowed to.
  if [ "$java_major" -ge 22 ]; then
    set -- --enable-native-access=ALL-UNNAMED "$@"
  fi
  # shellcheck disable=SC2086
  set -- ${JAVA_OPT:-} ${JAVA_OPT_EXT:-} "$@"
  # An archive of another jar is refused by Java, which would say so on the console.
  if [ -f "$ARCHIVE" ] && [ "$ARCHIVE" -nt "$JAR" ]; then
    set -- -XX:SharedArchiveFile="$ARCHIVE" -Xlog:cds=off -Xlog:cds+dynamic=off "$@"
  fi
  exec "$JAVA" "$@"
}

APOGEEMQ_HOME=${BIN%/*}
[ -n "$APOGEEMQ_HOME" ] || APOGEEMQ_HOME=/
find_java
find_jar
