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
   * The bodies of the requests, each with a receipt that says which broker it is for.
   *
   * @throws IllegalArgumentException if a receipt is forged
   */
  static Map<Receipt, BatchAckBody> perBroker(String group, List<Receipt> receipts) {
    Map<String, List<Receipt>> byBroker = new LinkedHashMap<>();
    for (Receipt each : receipts) {
      byBroker.computeIfAbsent(each.brokerName(), name -> new ArrayList<>()).add(each);
    }
    Map<Receipt, BatchAckBody> bodies = new LinkedHashMap<>();
    byBroker.forEach(
        (broker, all) -> bodies.put(all.get(0), new BatchAckBody(acks(group, all), broker)));
    return bodies;
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
