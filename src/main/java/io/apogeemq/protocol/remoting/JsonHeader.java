package io.apogeemq.protocol.remoting;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header form: {@code {"code":105,"extFields":{"topic":"T"},"flag":0,"language":"JAVA",
 * "opaque":1,"serializeTypeCurrentRPC":"JSON","version":403}}.
 *
 * <p>Read with a streaming parser. Unknown members are skipped, numbers and booleans among the
 * fields become text, null means absent. Members are written in the original's (alphabetical) order.
 */
final class JsonHeader {
  private static final int MAX_DEPTH = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Frame.MAX_HEADER_BYTES)
                  .maxNameLength(Frame.MAX_HEADER_BYTES)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          // A header is UTF-8; guessing costs time and would let UTF-16 through.
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          // Interned names would let a stranger fill the string table.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private static final int MAX_KEPT_CHARS = 4096;

  private static final FastThreadLocal<StringBuilder> TEXT =
      new FastThreadLocal<>() {
        @Override
        protected StringBuilder initialValue() {
          return new StringBuilder(512);
        }
      };

  private static final FastThreadLocal<byte[]> SCRATCH =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[4096];
        }
      };

  private JsonHeader() {}

  static RemotingCommand read(ByteBuf in, int headerBytes) {
    byte[] bytes = headerBytes <= 4096 ? SCRATCH.get() : new byte[headerBytes];
    in.readBytes(bytes, 0, headerBytes);
    RemotingCommand command = RemotingCommand.decoded(HeaderForm.JSON);
    try (JsonParser json = JSON.createParser(bytes, 0, headerBytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedRequest("a JSON header must be an object");
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "code" -> command.code(number(json, name));
          case "version" -> command.version(number(json, name));
          case "opaque" -> command.opaque(number(json, name));
          case "flag" -> command.flag(number(json, name));
          case "language" -> command.language(language(json, value));
          case "remark" -> command.remark(text(json, value, "member remark"));
          case "extFields" -> readFields(json, value, command.ext());
          default -> json.skipChildren();
        }
      }
      if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
        throw new MalformedRequest("a JSON header must be one object and nothing behind it");
      }
      return command;
    } catch (IOException e) {
      throw new MalformedRequest("a JSON header can't be read: " + firstLine(e.getMessage()));
    }
  }

  private static int number(JsonParser json, String name) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return json.getIntValue();
    }
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return 0;
    }
    throw new MalformedRequest("member " + name + " of a JSON header must be a whole number");
  }

  /** By name or, as the original also reads it, by number; JAVA if it is null. */
  private static LanguageCode language(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return LanguageCode.of(json.getIntValue());
    }
    String name = text(json, value, "member language");
    return name == null ? LanguageCode.JAVA : LanguageCode.of(name);
  }

  /** A single value as text, or null. */
  private static @Nullable String text(JsonParser json, JsonToken value, String what)
      throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return null;
    }
    if (!value.isScalarValue()) {
      throw new MalformedRequest(what + " of a JSON header must be text");
    }
    return json.getText();
  }

  private static void readFields(JsonParser json, JsonToken opening, ExtFields ext)
      throws IOException {
    if (opening == JsonToken.VALUE_NULL) {
      return;
    }
    if (opening != JsonToken.START_OBJECT) {
      throw new MalformedRequest("member extFields of a JSON header must be an object");
    }
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken start = json.nextToken();
      String value =
          start == JsonToken.VALUE_STRING ? json.getText() : text(json, start, "field " + name);
      if (value == null) {
        continue;
      }
      if (ext.size() == Frame.MAX_EXT_FIELDS) {
        throw new MalformedRequest("more than " + Frame.MAX_EXT_FIELDS + " header fields");
      }
      ext.put(name, value);
    }
    if (json.currentToken() != JsonToken.END_OBJECT) {
      throw new MalformedRequest("a JSON header ends inside its fields");
    }
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  /** Built as text and encoded once: a header is short, and copying text beats writing bytes singly. */
  static void write(RemotingCommand command, ByteBuf out) {
    StringBuilder json = TEXT.get();
    json.setLength(0);
    json.append("{\"code\":").append(command.code());
    ExtFields ext = command.ext();
    if (!ext.isEmpty()) {
      json.append(",\"extFields\":{");
      for (int i = 0; i < ext.size(); i++) {
        if (i > 0) {
          json.append(',');
        }
        text(ext.name(i), json);
        json.append(':');
        text(ext.value(i), json);
      }
      json.append('}');
    }
    json.append(",\"flag\":").append(command.flag());
    json.append(",\"language\":\"").append(command.language().name());
    json.append("\",\"opaque\":").append(command.opaque());
    if (command.remark() != null) {
      json.append(",\"remark\":");
      text(command.remark(), json);
    }
    json.append(",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":");
    json.append(command.version()).append('}');
    out.writeBytes(json.toString().getBytes(StandardCharsets.UTF_8));
    if (json.capacity() > MAX_KEPT_CHARS) {
      TEXT.remove();
    }
  }

  /** A JSON string: quotes, backslash and control characters escaped, the rest as it is. */
  private static void text(String value, StringBuilder json) {
    json.append('"');
    int plainFrom = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 0x20 && c != '"' && c != '\\') {
        continue;
      }
      json.append(value, plainFrom, i);
      plainFrom = i + 1;
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> json.append(String.format("\\u%04x", (int) c));
      }
    }
    if (plainFrom == 0) {
      json.append(value);
    } else {
      json.append(value, plainFrom, value.length());
    }
    json.append('"');
  }
}
