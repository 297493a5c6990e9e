package io.apogeemq.gateway.message;

import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Call;
import io.vertx.core.json.JsonObject;

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

  /** By the parameters {@code as} and {@code bodyLimit}. */
  public static Shown of(Call call) {
    return new Shown(call.text("as"), (int) call.number("bodyLimit"));
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
