package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.MalformedRequest;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A JSON body. Implemented by records only; see {@link BodyCodec} for what a component may be and
 * what absence means.
 */
public interface Body {
  /** This body as a document that every client reads. */
  default byte[] toJson() {
    return toJson(JsonForm.STANDARD).getBytes(StandardCharsets.UTF_8);
  }

  default String toJson(JsonForm form) {
    return BodyCodec.write((Record) this, form);
  }

  /**
   * Reads the readable bytes of a request's or response's body, without consuming them.
   *
   * @throws MalformedRequest naming what is broken: the document, or a member that is missing or has a
   *     value of another type
   */
  static <T extends Record & Body> T parse(Class<T> type, ByteBuf utf8) {
    return BodyCodec.of(type).read(Json.parse(utf8));
  }

  static <T extends Record & Body> T parse(Class<T> type, byte[] utf8) {
    return BodyCodec.of(type).read(Json.parse(utf8));
  }

  static <T extends Record & Body> T parse(Class<T> type, String text) {
    return BodyCodec.of(type).read(Json.parse(text));
  }
}
