package io.apogeemq.gateway.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.JsonTokenId;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests that describe messages. What becomes the body of one is not understood but kept as it was
 * written ({@link JsonText}), for a number that went through a {@code double} is another one:
 *
 * <pre>
 *   { "json": kept, … }   { "messages": [ { "json": kept, … }, … ] }      of messages
 *   { "data": kept, … }   [ { "data": kept, … }, … ]                      of CloudEvents
 * </pre>
 *
 * <p>Numbers that become properties, as all attributes of an event do, are texts with all their digits.
 * Fails with {@link DecodeException} if something is no JSON by RFC 8259, and with a problem if it has more
 * values than any request needs: each takes far more memory than its letters.
 */
public final class MessageJson {
  private static final String BODY = "json";
  private static final String DATA = "data";
  private static final String PROPERTIES = "properties";

  /** A hundred for each message of the largest request. */
  private static final int MAX_VALUES = 100_000;

  private final byte[] text;
  private final JsonParser parser;
  private final String kept;
  private int values;

  private MessageJson(byte[] text, JsonParser parser, String kept) {
    this.text = text;
    this.parser = parser;
    this.kept = kept;
  }

  /** A message, or {@code messages}; nothing at all is an empty object. */
  public static JsonObject message(Buffer text) {
    return object(text, BODY, "The body must be a JSON object.");
  }

  /** A CloudEvent. */
  public static JsonObject event(Buffer text) {
    return object(text, DATA, "A CloudEvent is a JSON object.");
  }

  /** Many CloudEvents. */
  public static JsonArray events(Buffer text) {
    if (read(text, DATA) instanceof List<?> all) {
      return new JsonArray(all);
    }
    throw new Problem(ProblemKind.BAD_REQUEST, "A batch of CloudEvents is a JSON array.");
  }

  private static JsonObject object(Buffer text, String kept, String otherwise) {
    if (text.length() == 0) {
      return new JsonObject();
    }
    if (read(text, kept) instanceof Map<?, ?> fields) {
      @SuppressWarnings("unchecked") // names are texts
      Map<String, Object> object = (Map<String, Object>) fields;
      return new JsonObject(object);
    }
    throw new Problem(ProblemKind.BAD_REQUEST, otherwise);
  }

  private static @Nullable Object read(Buffer text, String kept) {
    byte[] bytes = text.getBytes();
    try (JsonParser parser = JsonText.STRICT.createParser(bytes)) {
      parser.nextToken();
      Object value = new MessageJson(bytes, parser, kept).outermost();
      if (parser.nextToken() != null) {
        throw new DecodeException("something stands behind its end");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new DecodeException(e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new DecodeException(e.getMessage(), e);
    }
  }

  private @Nullable Object outermost() throws IOException {
    return switch (parser.currentTokenId()) {
      case JsonTokenId.ID_START_OBJECT -> described();
      case JsonTokenId.ID_START_ARRAY -> manyDescribed();
      default -> value(false);
    };
  }

  /** What describes a message, or holds an array of what does. */
  private Map<String, Object> described() throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken first = parser.nextToken();
      Object value;
      if (name.equals(kept)) {
        value = JsonText.next(parser, text);
      } else if (first == JsonToken.START_ARRAY) {
        value = manyDescribed();
      } else {
        value = value(kept.equals(DATA) || name.equals(PROPERTIES));
      }
      fields.put(name, value);
      count();
    }
    return fields;
  }

  private void count() {
    if (++values > MAX_VALUES) {
      throw new Problem(
              ProblemKind.TOO_LARGE,
              "The body has more than " + MAX_VALUES + " values, each message's own body left out.",
              "Send fewer messages at once.")
          .with("limit", MAX_VALUES);
    }
  }

  private List<Object> manyDescribed() throws IOException {
    List<Object> all = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      count();
      all.add(parser.hasToken(JsonToken.START_OBJECT) ? described() : value(false));
    }
    return all;
  }

  /** {@code exact}: numbers as they were written. */
  private @Nullable Object value(boolean exact) throws IOException {
    return switch (parser.currentTokenId()) {
      case JsonTokenId.ID_START_OBJECT -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
          parser.nextToken();
          fields.put(name, value(exact));
          count();
        }
        yield fields;
      }
      case JsonTokenId.ID_START_ARRAY -> {
        List<Object> all = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          count();
          all.add(value(exact));
        }
        yield all;
      }
      case JsonTokenId.ID_STRING -> parser.getText();
      case JsonTokenId.ID_NUMBER_INT, JsonTokenId.ID_NUMBER_FLOAT ->
          exact ? parser.getText() : parser.getNumberValue();
      case JsonTokenId.ID_TRUE -> Boolean.TRUE;
      case JsonTokenId.ID_FALSE -> Boolean.FALSE;
      case JsonTokenId.ID_NULL -> null;
      default -> throw new DecodeException("there is nothing");
    };
  }
}
