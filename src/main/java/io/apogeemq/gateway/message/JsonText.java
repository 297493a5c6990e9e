package io.apogeemq.gateway.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonSerializable;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One JSON value as somebody wrote it: with all digits of its numbers, all of equal names, its blanks and
 * escapes. Put into a {@code JsonObject}, it is written as it is.
 *
 * @param utf8 nothing stands before or behind the value
 */
record JsonText(byte[] utf8) implements JsonSerializable {
  /** By the letter of RFC 8259; Vert.x' own also takes comments, which other readers don't. */
  static final JsonFactory STRICT = new JsonFactory();

  /** The one value that a body is; null if it is none, or not in UTF-8. */
  static @Nullable JsonText of(byte[] body) {
    try (JsonParser parser = STRICT.createParser(body)) {
      if (parser.nextToken() == null) {
        return null;
      }
      JsonText value = next(parser, body);
      return parser.nextToken() == null ? value : null;
    } catch (IOException | DecodeException e) {
      return null;
    }
  }

  /**
   * The value that a parser has come to, which it reads to its end.
   *
   * @param text all that the parser reads
   * @throws DecodeException if that is not in UTF-8: the parser counts characters then
   */
  static JsonText next(JsonParser parser, byte[] text) throws IOException {
    long start = parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    long end = parser.currentLocation().getByteOffset();
    if (start < 0) {
      throw new DecodeException("JSON is sent in UTF-8");
    }
    return new JsonText(Arrays.copyOfRange(text, (int) start, (int) end));
  }

  /** The text that a string stands for; null if the value is none. */
  @Nullable String string() {
    try (JsonParser parser = STRICT.createParser(utf8)) {
      return parser.nextTextValue();
    } catch (IOException e) {
      throw new IllegalStateException("it was read before", e);
    }
  }

  @Override
  public void serialize(JsonGenerator to, SerializerProvider ignored) throws IOException {
    to.writeRawValue(new String(utf8, StandardCharsets.UTF_8));
  }

  @Override
  public void serializeWithType(
      JsonGenerator to, SerializerProvider provider, TypeSerializer ignored) throws IOException {
    serialize(to, provider);
  }
}
