package io.apogeemq.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The scripts in bin/, copied into a folder whose name has blanks and letters outside of ASCII. */
@DisabledOnOs(OS.WINDOWS)
class ScriptsTest {
  @TempDir private Path temp;
  private Path home;

  private record Outcome(int status, String out, String err) {}

  @BeforeEach
  void copy() throws IOException {
    home = temp.resolve("größe und 大");
    for (String folder : List.of("bin", "conf")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        for (Path each : files.toList()) {
          Path to = home.resolve(each.toString());
          if (Files.isDirectory(each)) {
            Files.createDirectories(to);
          } else {
            Files.copy(each, to);
          }
        }
      }
    }
  }

  @Test
  void mqbrokerWithoutAFileReadsTheOneOfItsOwnInstallation() throws Exception {
    Files.writeString(home.resolve("conf/broker.conf"), "brokerName=own-file\n");

    Outcome printed = run(temp, Map.of(), home.resolve("bin/mqbroker"), "-p");

    assertThat(printed.err()).isEmpty();
    assertThat(printed.status()).isZero();
    assertThat(printed.out().lines())
        .contains("brokerName=own-file", "namesrvAddr=127.0.0.1:9876", "listenPort=10911")
        .allMatch(line -> line.matches("[A-Za-z0-9.]+=.*"));
  }

  @Test
  void aScriptIsFoundThroughASymbolicLinkAndTakesFilesRelativeToWhereItIsCalled() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("mqb"), home.resolve("bin/mqbroker"));
    Files.writeString(temp.resolve("my own.conf"), "brokerName = b\n");

    Outcome printed = run(temp, Map.of("NAMESRV_ADDR", "a:1;b:2"), link, "-c", "my own.conf", "-p");

    assertThat(printed.out().lines()).contains("brokerName=b", "namesrvAddr=a:1;b:2");
  }

  @Test
  void aWrongConfigurationEndsWithStatusOneAndNoStackTrace() throws Exception {
    Path file = Files.writeString(temp.resolve("b.conf"), "listenPort=0\nfileReservedTime=x\n");

    Outcome refused = run(temp, Map.of(), home.resolve("bin/mqbroker"), "-c", file.toString());

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err().lines())
        .containsExactly(
            "The configuration can't be used:",
            "  " + file + ":1: listenPort=0 is not allowed: it must be 3..65535",
            "  " + file + ":2: fileReservedTime=x is not allowed: it must be 1..878400 h");
  }

  @Test
  void aRoleThatIsNotBuiltRefusesTheStartAndSaysSo() throws Exception {
    for (String file :
        List.of(
            "conf/2m-2s-sync/broker-a.properties",
            "conf/2m-2s-async/broker-b-s.properties",
            "conf/dledger/broker-n0.conf")) {
      Outcome refused = run(home, Map.of(), home.resolve("bin/mqbroker"), "-c", file);

      assertThat(refused.status()).as(file).isEqualTo(1);
      assertThat(refused.err()).contains("which this version does not have");
    }
  }

  @Test
  void everySampleFileIsReadWithoutAWarning() throws Exception {
    try (Stream<Path> files = Files.walk(home.resolve("conf"))) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        String script = each.endsWith("namesrv.conf") ? "bin/mqnamesrv" : "bin/mqbroker";
        Outcome printed = run(home, Map.of(), home.resolve(script), "-c", each.toString(), "-p");

        assertThat(printed.err()).as(each.toString()).isEmpty();
        assertThat(printed.status()).as(each.toString()).isZero();
      }
    }
  }

  @Test
  void aMissingJavaIsSaidInOneLine() throws Exception {
    Outcome refused =
        run(temp, Map.of("JAVA_HOME", "/no/such/jdk"), home.resolve("bin/mqnamesrv"), "-p");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "JAVA_HOME is /no/such/jdk, but there is no /no/such/jdk/bin/java. ApogeeMQ needs Java 17"
                + " or newer.\n");
  }

  @Test
  void anOldJavaIsRefused() throws Exception {
    Path jdk = Files.createDirectories(temp.resolve("old jdk/bin")).getParent();
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"1.8.0_392\"\n");
    Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\nexit 9\n");
    assertThat(jdk.resolve("bin/java").toFile().setExecutable(true)).isTrue();

    Outcome refused =
        run(temp, Map.of("JAVA_HOME", jdk.toString()), home.resolve("bin/mqnamesrv"), "-p");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("is version 1.8.0_392. ApogeeMQ needs Java 17 or newer.");
  }

  @Test
  void extraJavaOptionsOverruleThoseOfTheScript() throws Exception {
    Outcome printed =
        run(
            temp,
            Map.of("JAVA_OPT_EXT", "-Duser.home=/from/outside -XX:+UseParallelGC -Xmx100m"),
            home.resolve("bin/mqbroker"),
            "-p");

    assertThat(printed.out().lines()).contains("storePathRootDir=/from/outside/store");
  }

  @Test
  void printingTheConfigurationNamesUnknownKeysOnTheErrorOutput() throws Exception {
    Path file = Files.writeString(temp.resolve("b.conf"), "brokerNam=b\n");

    Outcome printed = run(temp, Map.of(), home.resolve("bin/mqbroker"), "-p", "-c", "b.conf");

    assertThat(printed.status()).isZero();
    assertThat(printed.err()).startsWith(file.getFileName() + ":1: ").contains("brokerNam");
    assertThat(printed.out().lines()).allMatch(line -> line.matches("[A-Za-z0-9.]+=.*"));
  }

  @Test
  void aNameServerIsToldThatOtherNameServersMeanNothingToIt() throws Exception {
    Outcome printed = run(temp, Map.of(), home.resolve("bin/mqnamesrv"), "-n", "a:1", "-p");

    assertThat(printed.status()).isZero();
    assertThat(printed.err().lines())
        .containsExactly(
            "-n has no meaning for a name server: name servers don't know each other.");
  }

  @Test
  void aForeignClassSeesNothingButTheGivenClassPath() throws Exception {
    Outcome refused =
        run(
            temp,
            Map.of("CLASSPATH", temp.toString(), "APOGEEMQ_JAR", "/no/such.jar"),
            home.resolve("bin/tools.sh"),
            "org.apache.rocketmq.example.batch.SimpleBatchProducer");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("ClassNotFoundException");
  }

  @Test
  void aBuildLockWithoutAHolderIsNotWaitedForForEver() throws Exception {
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    Files.createDirectory(home.resolve(".building"));
    Files.writeString(home.resolve(".building/pid"), "");
    Path tools = Files.createDirectory(temp.resolve("tools"));
    for (Path maven : List.of(home.resolve("mvnw"), tools.resolve("mvn"))) {
      Files.writeString(maven, "#!/bin/sh\necho this build fails >&2\nexit 1\n");
      assertThat(maven.toFile().setExecutable(true)).isTrue();
    }

    Outcome failed =
        run(
            temp,
            Map.of("APOGEEMQ_JAR", "", "PATH", tools + ":" + System.getenv("PATH")),
            home.resolve("bin/mqnamesrv"),
            "-p");

    assertThat(failed.err()).contains("Another script is building", "this build fails");
    assertThat(home.resolve(".building")).doesNotExist();
  }

  @Test
  void failoverGroupsAreSaidToBeMissing() throws Exception {
    Outcome refused = run(temp, Map.of(), home.resolve("bin/dledger/fast-try.sh"), "start");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("not built yet");
  }

  /** Runs a script with this build's classes in the place of the jar. */
  private static Outcome run(
      Path folder, Map<String, String> environment, Path script, String... words)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(Stream.of("sh", script.toString()), Stream.of(words)).toList());
    builder.directory(folder.toFile());
    Map<String, String> variables = builder.environment();
    variables
        .keySet()
        .removeAll(List.of("NAMESRV_ADDR", "ROCKETMQ_HOME", "JAVA_OPT", "JAVA_OPT_EXT"));
    variables.put("JAVA_HOME", System.getProperty("java.home"));
    variables.put("LC_ALL", "C.UTF-8");
    variables.put("APOGEEMQ_JAR", System.getProperty("java.class.path"));
    variables.putAll(environment);
    Path out = Files.createTempFile("script", ".out");
    Path err = Files.createTempFile("script", ".err");
    try {
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the script ends").isTrue();
      return new Outcome(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
