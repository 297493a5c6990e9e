package io.apogeemq.broker.transaction;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.protocol.body.OpenTransactions;
import io.apogeemq.protocol.body.OpenTransactions.Open;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells an administrator which transactions are open, oldest first, a page at a time: what the table
 * says, and what stands in the half messages, which are read one after the other. One walk over the
 * table finds a page.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class OpenList {
  /** Most transactions of a page. */
  static final int MAX_TRANSACTIONS = 200;

  private final TransactionConfig config;
  private final OpenTable table;
  private final ClientTable clients;
  private final HalfReader reader;
  private final LongSupplier monotonicMs;
  private final MessageId.Formatter ids;

  OpenList(
      TransactionConfig config,
      OpenTable table,
      ClientTable clients,
      HalfReader reader,
      LongSupplier monotonicMs) {
    this.config = config;
    this.table = table;
    this.clients = clients;
    this.reader = reader;
    this.monotonicMs = monotonicMs;
    ids = new MessageId.Formatter(config.storeHost());
  }

  /**
   * The page behind an offset of the half queue.
   *
   * @param after -1: from the start
   */
  void page(int max, long after, Consumer<OpenTransactions> then) {
    int count = Math.max(1, Math.min(max, MAX_TRANSACTIONS));
    List<Long> offsets = offsets(count + 1, after);
    boolean more = offsets.size() > count;
    Long next = more ? offsets.get(count - 1) : null;
    read(
        more ? offsets.subList(0, count) : offsets,
        0,
        new ArrayList<>(),
        all ->
            then.accept(new OpenTransactions(all, next, table.halves.size(), config.checkMax())));
  }

  /** The lowest open offsets behind one, in order. */
  private List<Long> offsets(int count, long after) {
    PriorityQueue<Long> highestFirst = new PriorityQueue<>((a, b) -> Long.compare(b, a));
    table.halves.each(
        slot -> {
          long offset = table.halves.queueOffset(slot);
          boolean wanted =
              offset > after && (highestFirst.size() < count || offset < highestFirst.peek());
          if (wanted) {
            highestFirst.add(offset);
            if (highestFirst.size() > count) {
              highestFirst.remove();
            }
          }
        });
    return highestFirst.stream().sorted().toList();
  }

  private void read(List<Long> offsets, int index, List<Open> into, Consumer<List<Open>> then) {
    if (index == offsets.size()) {
      then.accept(List.copyOf(into));
      return;
    }
    reader.read(
        offsets.get(index),
        fetched -> {
          if (fetched != null) {
            try {
              add(fetched.view(), into);
            } finally {
              fetched.release();
            }
          }
          read(offsets, index + 1, into, then);
        });
  }

  /** One that has ended while it was read is left out. */
  private void add(MessageView half, List<Open> into) {
    int slot = table.halves.find(half.queueOffset());
    if (slot < 0) {
      return;
    }
    byte[] properties = half.properties();
    String topic = Properties.get(properties, Properties.REAL_TOPIC);
    String group = table.groupName(slot);
    long nextCheckMs = table.wheel.dueMs(slot) - monotonicMs.getAsLong();
    into.add(
        new Open(
            half.queueOffset(),
            ids.format(half.logPosition()),
            group,
            (int)
                clients.producers(group).stream()
                    .filter(each -> each.connection().isOpen())
                    .count(),
            table.halves.checks(slot),
            Math.max(0, nextCheckMs),
            table.halves.isEnding(slot),
            topic == null ? "" : topic,
            number(Properties.get(properties, Properties.REAL_QUEUE_ID)),
            Properties.get(properties, Properties.TAGS),
            Properties.get(properties, Properties.KEYS),
            Properties.get(properties, Properties.UNIQ_KEY),
            half.body().remaining(),
            half.storeTimestampMs(),
            text(half.bornHost())));
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String text(InetSocketAddress host) {
    return host.getAddress().getHostAddress() + ":" + host.getPort();
  }
}
