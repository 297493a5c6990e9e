package io.apogeemq.gateway.consume;

import io.apogeemq.client.Filter;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.message.Shown;
import io.apogeemq.gateway.message.Unpacked;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a reader wants to see: a conjunction of plain comparisons, each of which looks at a
 * message once. Tags and SQL92 conditions are the broker's to decide, the rest is decided here.
 *
 * @param atBroker tags or a condition
 * @param key one of its keys, or its id; null: any
 * @param property name of a property that it must have; null: none
 * @param value what that property must be; null: anything
 * @param text bytes that its body must hold, unpacked; null: any body
 * @param fromMs the first store time
 * @param untilMs the last store time
 */
public record Wanted(
    Filter atBroker,
    @Nullable String key,
    @Nullable String property,
    @Nullable String value,
    byte @Nullable [] text,
    long fromMs,
    long untilMs) {

  /** Text is looked for in so much of a body. */
  private static final int MAX_SEARCHED_BYTES = 1024 * 1024;

  /** A batch of bodies like this is searched or shown in less than a millisecond. */
  private static final int MAX_LIGHT_BYTES = 8 * 1024;

  /** By the parameters {@code tags}, {@code sql}, {@code key}, {@code property}, {@code text}, {@code until}. */
  public static Wanted of(Call call) {
    String property = call.textOrNull("property");
    int sign = property == null ? -1 : property.indexOf('=');
    String text = call.textOrNull("text");
    Long until = call.numberOrNull("until");
    return new Wanted(
        ReceiveOperations.filter(call),
        call.textOrNull("key"),
        sign < 0 ? property : property.substring(0, sign),
        sign < 0 ? null : property.substring(sign + 1),
        text == null ? null : text.getBytes(StandardCharsets.UTF_8),
        fromMs(call.text("from")),
        until == null ? Long.MAX_VALUE : until);
  }

  /** Where there is nothing as late as that, brokers tell the last message before. */
  private static long fromMs(String from) {
    return from.matches("[0-9]+") ? Long.parseLong(from) : 0;
  }

  /** The message as it is shown, null if it is not wanted. Its body must be as it is stored. */
  public @Nullable JsonObject shown(ReceivedMessage message, Shown form) {
    if (!wantsHead(message)) {
      return null;
    }
    Unpacked body = unpacked(message, form.limitBytes());
    return holdsText(body) ? form.json(message, body) : null;
  }

  /** Whether a message is wanted. Its body must be as it is stored. */
  public boolean wants(ReceivedMessage message) {
    return message.storeTimestampMs() <= untilMs
        && wantsHead(message)
        && (text == null || holdsText(unpacked(message, 0)));
  }

  private Unpacked unpacked(ReceivedMessage message, int limitBytes) {
    return Unpacked.of(
        message.sysFlag(),
        message.body(),
        text == null ? limitBytes : Math.max(limitBytes, MAX_SEARCHED_BYTES));
  }

  private boolean holdsText(Unpacked body) {
    byte[] wantedText = text;
    return wantedText == null || body.holds(wantedText);
  }

  private boolean wantsHead(ReceivedMessage message) {
    return message.storeTimestampMs() >= fromMs
        && (key == null || hasKey(message, key))
        && (property == null || hasProperty(message, property));
  }

  private static boolean hasKey(ReceivedMessage message, String key) {
    List<String> keys =
        message.keys() == null ? List.of() : Arrays.asList(message.keys().split(" "));
    return keys.contains(key)
        || key.equals(message.messageId())
        || key.equals(message.offsetMsgId());
  }

  private boolean hasProperty(ReceivedMessage message, String name) {
    String found = message.properties().get(name);
    return found != null && (value == null || value.equals(found));
  }

  /** Whether showing this message, or searching it, may take a while: not on an event loop. */
  boolean isHeavy(ReceivedMessage message) {
    return Unpacked.isCompressed(message.sysFlag()) || message.body().length > MAX_LIGHT_BYTES;
  }

  /** The same for {@link #wants}, which looks at the body only to search it. */
  public boolean isHeavyToJudge(ReceivedMessage message) {
    return text != null && isHeavy(message);
  }
}
