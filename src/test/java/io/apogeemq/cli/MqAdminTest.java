package io.apogeemq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What mqadmin says without a cluster. */
class MqAdminTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return MqAdmin.run(
        args,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String complaint() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void withoutACommandItListsThem() {
    assertThat(run()).isZero();
    assertThat(printed())
        .startsWith("The most commonly used mqadmin commands are:\n")
        .contains("   updateTopic          Update or create topic\n")
        .contains("   consumerProgress     Query consumers's progress, speed\n")
        .endsWith("\nSee 'mqadmin help <command>' for more information on a specific command.\n");
  }

  @Test
  void helpTellsTheOptionsOfACommand() {
    assertThat(run("help", "topicRoute")).isZero();
    assertThat(printed())
        .contains("mqadmin topicRoute", "--topic", "--list", "--namesrvAddr")
        .contains("Examine topic route info");
  }

  @Test
  void anUnknownCommandIsNamed() {
    assertThat(run("topicRout")).isEqualTo(1);
    assertThat(complaint()).isEqualTo("The sub command topicRout not exist. See 'mqadmin help'.\n");
  }

  @Test
  void aMissingOptionIsNamedInOneLine() {
    assertThat(run("topicStatus")).isEqualTo(1);
    assertThat(complaint()).startsWith("topicStatus: ").contains("--topic").hasLineCount(1);
  }

  @Test
  void updateTopicWantsABrokerOrACluster() {
    assertThat(run("updateTopic", "-t", "T")).isEqualTo(1);
    assertThat(complaint()).startsWith("updateTopic: ").contains("-b=", "-c=").hasLineCount(1);
  }

  @Test
  void aNameServerThatIsNotThereIsOneLineAndStatusOne() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    assertThat(run("clusterList", "-n", "127.0.0.1:" + port)).isEqualTo(1);
    assertThat(complaint())
        .startsWith("clusterList: can't connect")
        .contains("127.0.0.1:" + port)
        .hasLineCount(1);
    assertThat(printed()).isEmpty();
  }

  @Test
  void anEmptyNameServerAddressIsOneLineToo() {
    assertThat(run("clusterList", "-n", ";")).isEqualTo(1);
    assertThat(complaint()).contains("needs the address of a name server").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "403, V4_9_5", "402, V4_9_5_SNAPSHOT", "213, V4_0_0", "232, V4_1_0_SNAPSHOT", "413, V5_0_0",
    "479, V5_3_3", "513, V5_5_0", "611, V5_9_9", "612, HIGHER_VERSION", "9999, HIGHER_VERSION"
  })
  void versionsHaveTheirNames(int number, String name) {
    assertThat(VersionName.of(number)).isEqualTo(name);
  }

  @Test
  void theNameServerComesFromTheFirstPlaceThatNamesOne() {
    assertThat(NameServerAddress.first("a:1", "b:2")).isEqualTo("a:1");
    assertThat(NameServerAddress.first(null, " ", " b:2 ")).isEqualTo("b:2");
    assertThat(NameServerAddress.first(null, null)).isEqualTo("127.0.0.1:9876");
  }
}
