package io.apogeemq.gateway.message;

import io.apogeemq.gateway.http.Problem;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A body in JSON: one of the fields {@code text}, {@code json} and {@code base64}. */
public final class Payload {
  private static final List<String> FIELDS = List.of("text", "json", "base64");

  /** Stands in a text for bytes that are none, or because somebody wrote it. */
  private static final char REPLACEMENT = '\uFFFD';

  private static final int LARGE_BYTES = 4 * 1024;

  /** Alone among its neighbours has no short form in JSON. */
  private static final int VERTICAL_TAB = 0x0B;

  private Payload() {}

  /**
   * The bytes that a message's JSON gives as its body; fails unless exactly one field gives them.
   *
   * @param message as {@link MessageJson} reads it
   */
  static byte[] read(JsonObject message) {
    String found = null;
    for (String each : FIELDS) {
      if (message.containsKey(each)) {
        if (found != null) {
          throw Problem.badField(each, "stands beside " + found, "Give the body only once.");
        }
        found = each;
      }
    }
    if (found == null) {
      throw Problem.badField(
          "text", "is lacking", "Give the body as text, json or base64; it may be empty.");
    }
    Object value = message.getValue(found);
    return switch (found) {
      case "json" -> ((JsonText) value).utf8();
      case "text" -> string(found, value).getBytes(StandardCharsets.UTF_8);
      default -> base64(string(found, value));
    };
  }

  private static String string(String field, @Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw Problem.badField(field, "is no text", "Put it in quotes, or use json.");
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Problem.badField("base64", "is no base64: " + e.getMessage(), "Encode it by RFC 4648.");
    }
  }

  /** The same of a whole body. */
  static void write(byte[] body, String form, JsonObject to) {
    write(body, true, form, to);
  }

  /**
   * Adds a body to a message's JSON.
   *
   * @param whole false: it is the beginning of one
   * @param form {@code text}, {@code json}, {@code base64}, {@code hex}; {@code auto}: text if it is
   *     UTF-8, else base64. JSON stands there as it is stored, to the last sign. A body that the form can't show is shown as {@code auto} shows it.
   *     A large one that is UTF-8 but mostly control characters is base64, too: JSON writes each with six
   */
  static void write(byte[] body, boolean whole, String form, JsonObject to) {
    switch (form) {
      case "base64" -> to.put("base64", Base64.getEncoder().encodeToString(body));
      case "hex" -> to.put("hex", HexFormat.of().formatHex(body));
      default -> {
        String text = utf8(body, whole);
        JsonText json = text != null && whole && form.equals("json") ? JsonText.of(body) : null;
        if (json != null) {
          to.put("json", json);
        } else if (text == null || swells(body)) {
          to.put("base64", Base64.getEncoder().encodeToString(body));
        } else {
          to.put("text", text);
        }
      }
    }
  }

  /** Signs of what {@link #write} has put into a field; 0 of anything else. */
  static int lengthOf(@Nullable Object written) {
    return written instanceof String text
        ? text.length()
        : written instanceof JsonText json ? json.utf8().length : 0;
  }

  /** Whether a body is large and would be more than twice as long as a text in JSON. */
  private static boolean swells(byte[] body) {
    if (body.length < LARGE_BYTES) {
      return false;
    }
    int more = 0;
    for (byte each : body) {
      if (each >= 0 && each < ' ') {
        more += each >= '\b' && each <= '\r' && each != VERTICAL_TAB ? 1 : 5;
      } else if (each == '"' || each == '\\') {
        more++;
      }
    }
    return more > body.length;
  }

  /** {@code json}: an object or array that can be read; {@code text}: UTF-8 without a zero; else {@code binary}. */
  static String kind(byte[] body, boolean whole) {
    String text = utf8(body, whole);
    if (text == null || text.indexOf(0) >= 0) {
      return "binary";
    }
    String start = text.stripLeading();
    boolean maybe = start.startsWith("{") || start.startsWith("[");
    return maybe && whole && JsonText.of(body) != null ? "json" : "text";
  }

  /** The text, null if the bytes are not UTF-8. The beginning of a body may end within a character. */
  private static @Nullable String utf8(byte[] bytes, boolean whole) {
    // What Java decodes without replacing anything is UTF-8, found several times faster than by
    // asking.
    String quick = new String(bytes, StandardCharsets.UTF_8);
    if (quick.indexOf(REPLACEMENT) < 0) {
      return quick;
    }
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult end =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, whole);
    return end.isError() ? null : text.flip().toString();
  }
}
