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
  /** Messages of one delivery lie no further apart, whatever a filter leaves out; forged ones may. */
  private static final int MAX_BITS = 1 << 20;

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
   * The body of a request.
   *
   * @param receipts all of one broker
   * @throws IllegalArgumentException if one is forged
   */
  static BatchAckBody body(String group, List<Receipt> receipts) {
    return new BatchAckBody(acks(group, receipts), receipts.get(0).brokerName());
  }

  private static List<BatchAck> acks(String group, List<Receipt> receipts) {
    Map<Delivery, BitSet> deliveries = new LinkedHashMap<>();
    for (Receipt each : receipts) {
      long bit = each.queueOffset() - each.startOffset();
      if (bit < 0 || bit >= MAX_BITS) {
        throw new IllegalArgumentException("no broker has given this receipt: " + each);
      }
      deliveries.computeIfAbsent(Delivery.of(each), delivery -> new BitSet()).set((int) bit);
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
