package io.apogeemq.gateway.consume;

import io.apogeemq.client.PopConsumer;
import io.apogeemq.client.Receipt;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code ack}, {@code nack}, {@code extend} and {@code deadLetter}: what became of messages that were received. A receipt is
 * complete in itself, so that any connection to any gateway may bring it. Each receipt has its own
 * result.
 */
public final class ReceiptOperations implements OperationFamily {
  private static final int MAX_RECEIPTS = 1_000;
  private static final long MAX_INVISIBLE_MS = 12 * 3_600_000L;

  /** Does one thing with one receipt. */
  interface Settling {
    Future<JsonObject> settle(PopConsumer consumer, Receipt receipt);
  }

  /** What is done with receipts, once a body has said the rest. */
  interface Kind {
    Settling with(JsonObject body);
  }

  static final Kind ACK = body -> ReceiptOperations::ackOne;
  static final Kind NACK =
      body -> {
        long delayMs = duration(body, "delayMs", GiveBack.SOON_MS);
        return (consumer, receipt) -> later(consumer, receipt, delayMs);
      };
  static final Kind EXTEND =
      body -> {
        long invisibleMs = duration(body, "invisibleMs", null);
        return (consumer, receipt) -> later(consumer, receipt, invisibleMs);
      };

  static final Kind DEAD_LETTER = body -> ReceiptOperations::bury;

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "ack", call -> each(call, ACK),
        "nack", call -> each(call, NACK),
        "extend", call -> each(call, EXTEND),
        "deadLetter", call -> each(call, DEAD_LETTER));
  }

  private static Future<JsonObject> ackOne(PopConsumer consumer, Receipt receipt) {
    return consumer
        .ack(receipt)
        .map(ignored -> new JsonObject().put("receipt", receipt.toString()));
  }

  /** The receipt says where the record lies; the id would only be compared with it. */
  private static Future<JsonObject> bury(PopConsumer consumer, Receipt receipt) {
    return consumer
        .deadLetter(receipt, "")
        .map(ignored -> new JsonObject().put("receipt", receipt.toString()));
  }

  /** Gives the message to the next who asks after this time; until then the new receipt settles it. */
  private static Future<JsonObject> later(PopConsumer consumer, Receipt receipt, long invisibleMs) {
    return consumer
        .changeInvisibleTime(receipt, invisibleMs)
        .map(
            renewed ->
                new JsonObject()
                    .put("receipt", receipt.toString())
                    .put("newReceipt", renewed.toString()));
  }

  private static Future<Answer> each(Call call, Kind kind) {
    PopConsumer consumer = call.client().consumer(call.text("group"));
    return call.json(Call.LIST_BYTES)
        .compose(
            body -> {
              Settling settling = kind.with(body);
              return ItemResults.of(
                  receipts(body), each -> settling.settle(consumer, receipt(each)));
            })
        .map(ItemResults::answer);
  }

  /** The receipts of a body or frame. */
  static JsonArray receipts(JsonObject body) {
    if (!(body.getValue("receipts") instanceof JsonArray all)
        || all.isEmpty()
        || all.size() > MAX_RECEIPTS) {
      throw Problem.badField(
              "receipts",
              "is no array of 1 to " + MAX_RECEIPTS + " receipts",
              "Give the receipts of received messages.")
          .with("limit", MAX_RECEIPTS);
    }
    return all;
  }

  /** {@code item}: whatever stands among the receipts. */
  static Receipt receipt(@Nullable Object item) {
    try {
      if (item instanceof String text) {
        return Receipt.parse(text);
      }
    } catch (IllegalArgumentException e) {
      // no receipt either
    }
    throw Problem.badField(
        "receipts", "holds what is no receipt", "Give receipts as receive returned them.");
  }

  /**
   * A duration.
   *
   * @param fallback null: it is required
   */
  private static long duration(JsonObject body, String field, @Nullable Long fallback) {
    Object value = body.getValue(field, fallback);
    if (value instanceof Number number
        && number.longValue() >= GiveBack.SOON_MS
        && number.longValue() <= MAX_INVISIBLE_MS) {
      return number.longValue();
    }
    throw Problem.badField(
        field,
        value == null ? "is lacking" : "can't be " + value,
        "Give milliseconds from " + GiveBack.SOON_MS + " to " + MAX_INVISIBLE_MS + ".");
  }
}
