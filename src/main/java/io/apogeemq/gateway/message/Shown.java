package io.apogeemq.gateway.message;

import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Call;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A message as people look at it: as {@link Incoming} writes it, with where it lies, who sent it, and its
 * body unpacked and cut after so many bytes.
 *
 * <pre>
 *   "offsetMessageId", "bornHost", "storedBytes": of the record
 *   "bodyKind": json | text | binary
 *   "compression": zlib | lz4 | zstd      if it was compressed
 *   "truncated": true                     if there is more of the body
 *   "bodyFlaw": why it is shown as it is stored
 * </pre>
 *
 * @param form {@link Payload#write}
 * @param limitBytes of a body
 */
public record Shown(String form, int limitBytes) {
  private static final int MAX_BATCH_BYTES = 1024 * 1024;

  /** Properties, which are no more than that, and the rest. */
  private static final int MAX_OTHER_BYTES = 32 * 1024;

  private static final List<String> BODIES =
      List.of("text", "json", "base64", "hex", "data", "data_base64");

  /** By the parameters {@code as} and {@code bodyLimit}. */
  public static Shown of(Call call) {
    return new Shown(call.text("as"), (int) call.number("bodyLimit"));
  }

  /**
   * How many messages go into one read of a queue, so that a few hundred kilobytes of bodies are shown
   * together.
   *
   * @param most that are wanted
   */
  public int batch(int most) {
    return Math.max(1, Math.min(most, MAX_BATCH_BYTES / Math.max(1, limitBytes)));
  }

  /** What a message that was made so takes till it is written: each sign twice, there and in the answer. */
  public static long takenBytes(JsonObject shown) {
    long bytes = Math.min(shown.getInteger("storedBytes"), MAX_OTHER_BYTES);
    JsonObject event = shown.getJsonObject("cloudEvent");
    JsonObject body = event == null ? shown : event;
    for (String each : BODIES) {
      bytes += Payload.lengthOf(body.getValue(each));
    }
    return bytes * 2;
  }

  public JsonObject json(ReceivedMessage message) {
    return json(message, Unpacked.of(message.sysFlag(), message.body(), limitBytes));
  }

  /** The same for a body that is unpacked already, at least up to the limit. */
  public JsonObject json(ReceivedMessage message, Unpacked body) {
    Unpacked shown = body.upTo(limitBytes);
    JsonObject json = Incoming.withoutBody(message);
    json.put("offsetMessageId", message.offsetMsgId())
        .put("bornHost", Incoming.host(message.bornHost()))
        .put("storedBytes", message.storeSizeBytes())
        .put("bodyKind", Payload.kind(shown.bytes(), shown.whole()));
    if (shown.compression() != null) {
      json.put("compression", shown.compression());
    }
    if (!shown.whole()) {
      json.put("truncated", true);
    }
    if (shown.flaw() != null) {
      json.put("bodyFlaw", shown.flaw());
    }
    if (form.equals("cloudevents") && shown.whole()) {
      return json.put("cloudEvent", CloudEvents.structured(message, shown.bytes()));
    }
    Payload.write(shown.bytes(), shown.whole(), form, json);
    return json;
  }
}
