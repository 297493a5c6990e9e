package io.apogeemq.gateway.figures;

import io.apogeemq.gateway.figures.Warning.Kind;
import io.apogeemq.gateway.figures.Warning.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What brokers' own figures tell to be wrong with them. */
final class BrokerWarnings {
  private static final double DISK_WARNING_RATIO = 0.75;
  private static final double DISK_ERROR_RATIO = 0.85;

  private final List<Warning> all = new ArrayList<>();
  private final Set<String> groups = new HashSet<>();

  private BrokerWarnings() {}

  /**
   * @param open whether others than this machine's users reach the gateway
   */
  static List<Warning> of(List<BrokerFigures> brokers, boolean open) {
    BrokerWarnings found = new BrokerWarnings();
    for (BrokerFigures each : brokers) {
      found.reachable(each);
      found.writable(each);
      found.disk(each);
      found.listed(each, "differentSubscriptions", Kind.DIFFERENT_SUBSCRIPTIONS);
      found.listed(each, "twoClientsWithOneId", Kind.CLIENT_ID_TWICE);
    }
    found.accounts(brokers, open);
    found.flush(brokers);
    return found.all;
  }

  private void reachable(BrokerFigures broker) {
    if (broker.failure() != null) {
      add(
          Kind.BROKER_UNREACHABLE,
          Level.ERROR,
          broker.name() + " at " + broker.address() + " does not answer: " + broker.failure(),
          "See that it runs and that the gateway reaches that address (brokerIP1).",
          broker,
          broker.failure());
    }
  }

  private void writable(BrokerFigures broker) {
    String reason = broker.readOnlyBecause();
    if (broker.hasGivenUpItsLog()) {
      add(
          Kind.LOG_FAILED,
          Level.ERROR,
          broker.name() + " has given up writing: " + reason + "; what is stored can still be read",
          "Look at its disk (errors in the system's log, or mounted read-only) and mend it, then"
              + " start the broker anew: it checks its log before it goes on.",
          broker,
          reason);
    } else if (!reason.isEmpty()) {
      add(
          Kind.SENDS_REFUSED,
          Level.ERROR,
          broker.name() + " takes no messages: " + reason,
          "Make room on its disk, or keep messages for a shorter time (fileReservedTime).",
          broker,
          reason);
    }
  }

  private void disk(BrokerFigures broker) {
    double ratio = broker.number("commitLogDiskRatio");
    if (ratio >= DISK_WARNING_RATIO) {
      String percent = Math.round(ratio * 100) + " %";
      add(
          Kind.DISK_NEARLY_FULL,
          ratio >= DISK_ERROR_RATIO ? Level.ERROR : Level.WARNING,
          percent + " of the disk of " + broker.name() + " are used",
          "Make room, or keep messages for a shorter time (fileReservedTime); at"
              + " diskSpaceWarningLevelRatio sends are refused.",
          broker,
          percent);
    }
  }

  private void add(
      Kind kind, Level level, String detail, String cure, BrokerFigures broker, String reason) {
    all.add(
        Warning.of(kind, level, detail + (detail.endsWith(".") ? "" : "."), cure)
            .with("broker", broker.name())
            .with("address", broker.address())
            .with("reason", reason));
  }

  /** Our brokers list groups as {@code group, what is wrong; group, …}. */
  private void listed(BrokerFigures broker, String key, Kind kind) {
    for (String each : broker.table().getOrDefault(key, "").split("; ")) {
      int comma = each.indexOf(", ");
      if (comma > 0 && groups.add(kind + each.substring(0, comma))) {
        String group = each.substring(0, comma);
        String what = each.substring(comma + 2);
        all.add(
            Warning.of(
                    kind,
                    Level.WARNING,
                    "Group " + group + ", " + what + ".",
                    kind == Kind.CLIENT_ID_TWICE
                        ? "Give each client an id of its own (instanceName, or clientIP)."
                        : "Let all members of a group subscribe alike, or give them groups of their"
                            + " own; what one's filter leaves out nobody gets.")
                .with("group", group)
                .with("reason", what));
      }
    }
  }

  private void accounts(List<BrokerFigures> brokers, boolean open) {
    String unchecked = names(brokers, "aclEnable", "false");
    if (open && !unchecked.isEmpty()) {
      all.add(
          Warning.of(
                  Kind.ACCOUNTS_NOT_CHECKED,
                  Level.ERROR,
                  "Others than this machine's users reach the gateway, and "
                      + unchecked
                      + " check no accounts: everybody may do everything.",
                  "Set aclEnable=true with accounts in conf/plain_acl.yml, or"
                      + " gatewayBindAddress=127.0.0.1.")
              .with("broker", unchecked));
    }
  }

  private void flush(List<BrokerFigures> brokers) {
    String async = names(brokers, "flushDiskType", "ASYNC_FLUSH");
    if (!async.isEmpty()) {
      all.add(
          Warning.of(
                  Kind.ASYNC_FLUSH,
                  Level.INFO,
                  async
                      + " acknowledge messages before they are on the disk: a power failure may lose"
                      + " the last half second, a crash of the broker loses none.",
                  "Set flushDiskType=SYNC_FLUSH where that must not be.")
              .with("broker", async));
    }
  }

  private static String names(List<BrokerFigures> brokers, String key, String value) {
    return brokers.stream()
        .filter(each -> value.equals(each.table().get(key)))
        .map(BrokerFigures::name)
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
