package io.apogeemq.broker.migration;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.MalformedRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Messages that were handed to POP consumers (5.x) and are not acknowledged. A checkpoint record says
 * which messages were handed out, acknowledgement records refer to it; both first pass the timer. What
 * is missing when the old broker has handled the checkpoint, it has put into a retry topic.
 */
final class PopLeases {
  private static final String CHECKPOINT_TAG = "ck";

  /** A checkpoint's body: names of its members are the original's. */
  private record Checkpoint(
      long so, long pt, int bm, int n, int q, @Nullable String t, @Nullable String c)
      implements Body {}

  /** An acknowledgement's body; {@code aol} of one of several messages. */
  private record Ack(
      long ao,
      long so,
      long pt,
      int q,
      @Nullable String t,
      @Nullable String c,
      @Nullable List<Long> aol)
      implements Body {}

  /** What makes a checkpoint the one that an acknowledgement means. */
  private record Key(@Nullable String topic, @Nullable String group, int queue, long so, long pt) {}

  private final Map<Key, Lease> open = new HashMap<>();
  private long unreadable;

  private static final class Lease {
    final int messages;
    final Set<Long> acknowledged = new HashSet<>();

    Lease(int messages) {
      this.messages = messages;
    }
  }

  /**
   * Takes a checkpoint or an acknowledgement.
   *
   * @param pending false if the old broker has handled it
   */
  void record(MessageView view, byte[] properties, boolean pending) {
    String body = StandardCharsets.UTF_8.decode(view.body()).toString();
    try {
      if (CHECKPOINT_TAG.equals(Properties.get(properties, Properties.TAGS))) {
        Checkpoint point = Body.parse(Checkpoint.class, body);
        Key key = new Key(point.t(), point.c(), point.q(), point.so(), point.pt());
        int left = point.n() - Integer.bitCount(point.bm());
        if (pending && left > 0) {
          open.putIfAbsent(key, new Lease(left));
        } else if (!pending && view.topic().startsWith(PendingWork.REVIVE_PREFIX)) {
          open.remove(key);
        }
      } else {
        acknowledge(Body.parse(Ack.class, body));
      }
    } catch (MalformedRequest e) {
      unreadable += pending ? 1 : 0;
    }
  }

  private void acknowledge(Ack ack) {
    Key key = new Key(ack.t(), ack.c(), ack.q(), ack.so(), ack.pt());
    Lease lease = open.get(key);
    if (lease == null) {
      return;
    }
    lease.acknowledged.addAll(ack.aol() == null ? List.of(ack.ao()) : ack.aol());
    if (lease.acknowledged.size() >= lease.messages) {
      open.remove(key);
    }
  }

  /** Messages that are out, and records that say something unknown. */
  long unacknowledged() {
    return unreadable
        + open.values().stream()
            .mapToLong(lease -> lease.messages - lease.acknowledged.size())
            .sum();
  }
}
