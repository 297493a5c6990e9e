package io.apogeemq.client;

import io.apogeemq.protocol.body.BatchAckBody;
import io.apogeemq.protocol.body.BatchAckBody.BatchAck;
import io.apogeemq.protocol.body.Json;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Packs receipts into as few acknowledgements as possible: those of one delivery of a queue are one. */
final class BatchAcks {
  /**
   * Receipts further from the beginning of their delivery go alone: a bit set reaches to the last of them, and
   * what a receipt says is for anybody to invent.
   */
  private static final int MAX_BITS = 1 << 10;

  private BatchAcks() {}

  /** What all messages of one acknowledgement have in common. */
  private record Delivery(
      String topic,
      int kind,
      int queueId,
      int reviveQueueId,
      long popTimeMs,
      long invisibleMs,
      long startOffset) {
    static Delivery of(Receipt receipt) {
      return new Delivery(
          receipt.topic(),
          receipt.kind(),
          receipt.queueId(),
          receipt.reviveQueueId(),
          receipt.popTimeMs(),
          receipt.invisibleMs(),
          receipt.startOffset());
    }
  }

  /**
   * Whether a receipt may be acknowledged together with others. Not if it lies far behind the first of its
   * delivery, as where a filter left much out, or before it, which no broker has given.
   */
  static boolean takes(Receipt receipt) {
    long bit = receipt.queueOffset() - receipt.startOffset();
    return bit >= 0 && bit < MAX_BITS;
  }

  /**
   * The body of a request.
   *
   * @param receipts all of one broker, that {@link #takes} agrees to
   */
  static BatchAckBody body(String group, List<Receipt> receipts) {
    return new BatchAckBody(acks(group, receipts), receipts.get(0).brokerName());
  }

  private static List<BatchAck> acks(String group, List<Receipt> receipts) {
    Map<Delivery, BitSet> deliveries = new LinkedHashMap<>();
    for (Receipt each : receipts) {
      int bit = (int) (each.queueOffset() - each.startOffset());
      deliveries.computeIfAbsent(Delivery.of(each), delivery -> new BitSet()).set(bit);
    }
    List<BatchAck> acks = new ArrayList<>();
    deliveries.forEach(
        (of, bits) ->
            acks.add(
                new BatchAck(
                    new Json.Text(Base64.getEncoder().encodeToString(bits.toByteArray())),
                    group,
                    of.invisibleMs(),
                    of.popTimeMs(),
                    of.queueId(),
                    Integer.toString(of.kind()),
                    of.reviveQueueId(),
                    of.startOffset(),
                    of.topic())));
    return acks;
  }
}
