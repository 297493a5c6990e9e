package io.apogeemq.gateway.trace;

import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.message.Unpacked;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients with {@code enableMsgTrace} have written about a message into the trace topic, under its id
 * as key. A body is records, each ended by the character 2, of fields parted by the character 1; the first
 * says which kind it is (as the official clients of 4.9 and 5.x write them).
 *
 * <pre>
 *   Pub            time region group topic id tags keys storeHost bodyLength cost msgType [offsetId success clientHost]
 *   SubBefore      time region group requestId id retryTimes keys [clientHost]
 *   SubAfter       requestId id cost success keys [contextCode time group]
 *   EndTransaction time region group topic id tags keys storeHost msgType clientHost transactionId state fromCheck
 * </pre>
 *
 * <p>A record that has another form is left out: anybody can write to the topic.
 */
final class ClientTrace {
  private static final String TOPIC = "RMQ_SYS_TRACE_TOPIC";
  private static final int MAX_RECORDS = 64;
  private static final int MAX_BODY_BYTES = 256 * 1024;
  private static final String NEXT_RECORD = "\u0002";
  private static final String NEXT_FIELD = "\u0001";

  private ClientTrace() {}

  /** Oldest first; none if there is no such topic. */
  static Future<List<JsonObject>> of(GatewayClient client, String messageId) {
    return client
        .messages()
        .asStored()
        .byKey(TOPIC, messageId, MAX_RECORDS, 0, Long.MAX_VALUE)
        .map(
            all -> {
              List<JsonObject> told = new ArrayList<>();
              all.forEach(each -> read(each, messageId, told));
              return told;
            })
        .recover(
            e ->
                e instanceof RequestRefused
                    ? Future.succeededFuture(List.of())
                    : Future.failedFuture(e));
  }

  private static void read(ReceivedMessage trace, String messageId, List<JsonObject> told) {
    Unpacked body = Unpacked.of(trace.sysFlag(), trace.body(), MAX_BODY_BYTES);
    String text = new String(body.bytes(), StandardCharsets.UTF_8);
    for (String each : text.split(NEXT_RECORD)) {
      JsonObject record = record(each.split(NEXT_FIELD, -1), messageId);
      if (record != null && told.size() < MAX_RECORDS) {
        told.add(record);
      }
    }
  }

  /** Null if it is about another message, or not understood. */
  static @Nullable JsonObject record(String[] fields, String messageId) {
    return switch (fields[0]) {
      case "Pub" ->
          is(fields, 5, messageId)
              ? json("sent", fields, 1, 3)
                  .put("costMs", number(fields, 10))
                  .put("success", !"false".equals(at(fields, 13)))
                  .put("host", at(fields, 14))
              : null;
      case "SubBefore" ->
          is(fields, 5, messageId)
              ? json("consuming", fields, 1, 3)
                  .put("detail", "attempt " + (number(fields, 6) + 1))
                  .put("host", at(fields, 8))
              : null;
      case "SubAfter" ->
          is(fields, 2, messageId)
              ? json("consumed", fields, 7, 8)
                  .put("costMs", number(fields, 3))
                  .put("success", "true".equals(at(fields, 4)))
              : null;
      case "EndTransaction" ->
          is(fields, 5, messageId)
              ? json("ended", fields, 1, 3)
                  .put("detail", at(fields, 12))
                  .put("host", at(fields, 10))
              : null;
      default -> null;
    };
  }

  private static JsonObject json(String kind, String[] fields, int time, int group) {
    return new JsonObject()
        .put("kind", kind)
        .put("at", number(fields, time))
        .put("group", at(fields, group));
  }

  private static boolean is(String[] fields, int at, String messageId) {
    return at(fields, at).equals(messageId);
  }

  private static String at(String[] fields, int index) {
    return index < fields.length ? fields[index] : "";
  }

  private static long number(String[] fields, int index) {
    String text = at(fields, index);
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }
}
