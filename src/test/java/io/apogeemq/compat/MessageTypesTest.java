package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Topics of 5.x that say the type of their messages: {@code +message.type=…}. */
@ExtendWith(OutputOnFailure.class)
class MessageTypesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final Official CLIENT = Official.V5_5_0;

  @Test
  void aTopicOfEachTypeServesItsMessages() {
    assumeTrue(Vendor.underTest() != Vendor.APACHE49, "attributes came with 5.x");
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    try (MqAdmin admin = new MqAdmin(CLIENT, cluster.namesrvAddr())) {
      for (String type : List.of("NORMAL", "FIFO", "DELAY", "TRANSACTION")) {
        String attribute = "+message.type=" + type;
        assertThat(
                admin
                    .run("updateTopic", "-c DefaultCluster", "-t Tool" + type, "-a", attribute)
                    .text())
            .contains("create topic to " + cluster.broker().brokerAddr() + " success.")
            .contains(attribute);
      }
      try (ChildProcess types =
          Program.start(
              CLIENT, cluster.namesrvAddr(), "probe.Types", cluster.broker().brokerAddr())) {
        types.awaitExit(PATIENCE);
        assertThat(types.events("FAILED")).isEmpty();
        assertThat(types.events("OK")).hasSize(8);
      }
    }
  }
}
