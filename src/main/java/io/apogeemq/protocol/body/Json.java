package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.MalformedRequest;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON document as a plain, immutable tree.
 *
 * <p>The name of an object's member is always text, whatever stood in the document: {@code "0"} for
 * {@code {0:..}} and for {@code {"0":..}}, and the compact text of the object for {@code
 * {{"queueId":0}:..}}, which is also what officials write when they quote such a name. So both forms
 * of every document read the same. Of a name given twice the last value counts.
 */
public sealed interface Json {

  /** An object; members in the order in which they came. */
  record Obj(Map<String, Json> members) implements Json {
    /** The member of this name, or null if it is absent or {@code null}. */
    public @Nullable Json get(String name) {
      Json value = members.get(name);
      return value instanceof Null ? null : value;
    }
  }

  /** An array. */
  record Arr(List<Json> items) implements Json {}

  /** A string. */
  record Text(String value) implements Json {}

  /** A number as it was written. */
  record Num(String digits) implements Json {}

  /** {@code true} or {@code false}. */
  record Bool(boolean value) implements Json {}

  /** {@code null}; where a body has a default, the same as an absent member. */
  record Null() implements Json {}

  /**
   * Reads a document of our own, or a part of a body that has been bounded already.
   *
   * @throws MalformedRequest saying what is wrong and at which character
   */
  static Json parse(String text) {
    return new JsonReader(text, BodyMemory.unlimited()).document();
  }

  /** Reads a document of our own in UTF-8. */
  static Json parse(byte[] utf8) {
    return parse(new String(utf8, StandardCharsets.UTF_8));
  }

  /**
   * Reads the readable bytes of a body without consuming them.
   *
   * @throws MalformedRequest also if the document would take more memory than a body may
   */
  static Json parse(ByteBuf utf8) {
    return parse(utf8, BodyMemory.ofOneBody());
  }

  private static Json parse(ByteBuf utf8, BodyMemory memory) {
    memory.charge((long) BodyMemory.DECODED_BYTES * utf8.readableBytes());
    return new JsonReader(utf8.toString(StandardCharsets.UTF_8), memory).document();
  }

  /** This value as compact text. A member name that was an object comes out as quoted text. */
  default String compact() {
    JsonWriter out = new JsonWriter(JsonForm.STANDARD);
    out.tree(this);
    return out.text();
  }
}
