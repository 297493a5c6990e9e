package io.apogeemq.gateway.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.gateway.figures.Warning.Kind;
import io.apogeemq.gateway.figures.Warning.Level;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read out of brokers' figures. */
class BrokerWarningsTest {
  @Test
  void aBrokerThatTellsNothingOfItIsNotWarnedOf() {
    assertThat(BrokerWarnings.of(List.of(broker(Map.of(), null)), true)).isEmpty();
  }

  @Test
  void everyGroupIsNamedOnceHoweverManyBrokersTell() {
    BrokerFigures told =
        broker(
            Map.of(
                "differentSubscriptions",
                "g1, topic T: client a subscribes to 'x' (TAG), client b to nothing; g2, topic U: …"),
            null);
    List<Warning> found = BrokerWarnings.of(List.of(told, told), false);
    assertThat(found).extracting(each -> each.values().get("group")).containsExactly("g1", "g2");
    assertThat(found.get(0).detail()).contains("client a subscribes to 'x'");
    assertThat(found.get(0).cure()).isNotBlank();
  }

  @Test
  void theFullerTheDiskTheWorse() {
    assertThat(levels(Map.of("commitLogDiskRatio", "0.7"))).isEmpty();
    assertThat(levels(Map.of("commitLogDiskRatio", "0.8"))).containsExactly(Level.WARNING);
    assertThat(
            levels(
                Map.of(
                    "commitLogDiskRatio",
                    "0.95",
                    "sendsRefusedBecause",
                    "the disk is nearly full")))
        .containsExactly(Level.ERROR, Level.ERROR);
  }

  @Test
  void aLogThatWasGivenUpIsMoreThanAFullDisk() {
    BrokerFigures failed =
        broker(
            Map.of(
                "sendsRefusedBecause",
                "writing the commit log failed: Read-only file system",
                "sendsRefusedKind",
                "READ_ONLY"),
            null);
    BrokerFigures full =
        broker(Map.of("sendsRefusedBecause", "full", "sendsRefusedKind", "DISK_FULL"), null);
    List<Warning> found = BrokerWarnings.of(List.of(failed, full), false);
    assertThat(found)
        .extracting(Warning::kind)
        .containsExactly(Kind.LOG_FAILED, Kind.SENDS_REFUSED);
    assertThat(found.get(0).detail()).contains("Read-only file system");
    assertThat(found.get(0).cure()).contains("start the broker anew");
  }

  @Test
  void anOpenGatewayInFrontOfBrokersWithoutAccountsIsAnError() {
    BrokerFigures open = broker(Map.of("aclEnable", "false"), null);
    assertThat(BrokerWarnings.of(List.of(open), false)).isEmpty();
    assertThat(BrokerWarnings.of(List.of(open), true))
        .extracting(Warning::kind)
        .containsExactly(Kind.ACCOUNTS_NOT_CHECKED);
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNamedWithItsAddress() {
    assertThat(BrokerWarnings.of(List.of(broker(Map.of(), "connection refused")), false).get(0))
        .satisfies(
            each -> assertThat(each.detail()).contains("broker-a", "10.0.0.1:10911", "refused"));
  }

  private static List<Level> levels(Map<String, String> table) {
    return BrokerWarnings.of(List.of(broker(table, null)), false).stream()
        .map(Warning::level)
        .toList();
  }

  private static BrokerFigures broker(Map<String, String> table, @Nullable String failure) {
    return new BrokerFigures(
        "DefaultCluster", "broker-a", 0, "10.0.0.1:10911", 0, table, failure, null);
  }
}
