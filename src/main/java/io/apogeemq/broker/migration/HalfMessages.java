package io.apogeemq.broker.migration;

import io.apogeemq.protocol.message.MessageView;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Half messages of transactions that are neither committed, rolled back, nor given up. The old broker
 * closes one by a record whose body names its offset (5.x: several, each followed by a comma), and
 * steps over all that are closed or put in anew by moving its group's offset.
 */
final class HalfMessages {
  static final String TOPIC = "RMQ_SYS_TRANS_HALF_TOPIC";
  static final String CLOSED_TOPIC = "RMQ_SYS_TRANS_OP_HALF_TOPIC";
  private static final String GROUP = "CID_RMQ_SYS_TRANS";

  private final OldTables tables;
  private final Map<Integer, Set<Long>> openByQueue = new HashMap<>();

  HalfMessages(OldTables tables) {
    this.tables = tables;
  }

  void half(MessageView view) {
    if (view.queueOffset() >= tables.committed(TOPIC, GROUP, view.queueId())) {
      openByQueue.computeIfAbsent(view.queueId(), queue -> new HashSet<>()).add(view.queueOffset());
    }
  }

  void closed(MessageView view) {
    Set<Long> open = openByQueue.get(view.queueId());
    if (open == null) {
      return;
    }
    for (String offset : StandardCharsets.UTF_8.decode(view.body()).toString().split(",")) {
      try {
        open.remove(Long.parseLong(offset.trim()));
      } catch (NumberFormatException noOffset) {
        // Closes nothing that we know; what stays open refuses the folder.
        continue;
      }
    }
  }

  long open() {
    return openByQueue.values().stream().mapToLong(Set::size).sum();
  }
}
