package io.apogeemq.gateway.message;

import io.apogeemq.gateway.http.Call;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A message whose body is the body of the request; the rest stands in headers and in the query:
 *
 * <pre>
 *   ?tag=… &amp;keys=a,b &amp;delayMs=… &amp;orderKey=…
 *   X-Property-NAME: value                              a property, its name in small letters
 *   Content-Type: image/png                             becomes the property content-type, with its parameters
 * </pre>
 */
public final class RawMessage {
  private static final String PROPERTY = "x-property-";
  private static final String CONTENT_TYPE = "content-type";

  private RawMessage() {}

  /** Reads what the request says beside the body. */
  public static Outgoing read(Call call, Buffer body) {
    Map<String, String> properties = new LinkedHashMap<>();
    call.request()
        .headers()
        .forEach(
            each -> {
              String name = each.getKey().toLowerCase(Locale.ROOT);
              if (name.startsWith(PROPERTY)) {
                Outgoing.put(
                    name.substring(PROPERTY.length()), Headers.text(each.getValue()), properties);
              }
            });
    if (!call.contentType().isEmpty() && !properties.containsKey(CONTENT_TYPE)) {
      Outgoing.put(CONTENT_TYPE, call.contentType(), properties);
    }
    return with(call, body.getBytes(), properties);
  }

  /** A message with these properties, and what the query says. */
  static Outgoing with(Call call, byte[] body, Map<String, String> properties) {
    String keys = call.textOrNull("keys");
    Long delayMs = call.numberOrNull("delayMs");
    return Outgoing.of(
        call.text("topic"),
        body,
        properties,
        call.textOrNull("tag"),
        keys == null ? List.of() : List.of(keys.split(",")),
        delayMs == null ? Map.of() : Map.of("TIMER_DELAY_MS", Long.toString(delayMs)),
        call.textOrNull("orderKey"));
  }
}
