package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.RecordCodec;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * One row: a request code and who answers it. {@link Dispatcher} finds the handler of a request in
 * the rows; a family changes what is served by its rows alone.
 *
 * @param code {@link io.apogeemq.protocol.remoting.RequestCode}
 * @param access what the caller must be allowed to do; not enforced yet
 * @param header the record that the header fields are read into before the handler is called
 * @param reader how they are read; throws {@code MalformedRequest} naming the field that is wrong
 * @param handler runs on the connection's event loop
 */
public record Route<H extends Record>(
    int code, Access access, Class<H> header, Function<ExtFields, H> reader, Handler<H> handler) {

  /** Answers one request. A failed future or a thrown exception is answered with SYSTEM_ERROR. */
  @FunctionalInterface
  public interface Handler<H extends Record> {
    Future<Reply> handle(Exchange from, H header);
  }

  /** The header of a request that has no fields, or whose fields don't matter. */
  public record NoFields() {
    static final NoFields NONE = new NoFields();
  }

  public static <H extends Record> Route<H> on(
      int code, Access access, Class<H> header, Handler<H> handler) {
    RecordCodec<H> codec = RecordCodec.of(header);
    return new Route<>(code, access, header, codec::read, handler);
  }

  /** A row whose header has a hand-written reader, for the requests that make up the traffic. */
  public static <H extends Record> Route<H> on(
      int code, Access access, Class<H> header, Function<ExtFields, H> reader, Handler<H> handler) {
    return new Route<>(code, access, header, reader, handler);
  }

  /** A row for a request without header fields. */
  public static Route<NoFields> on(int code, Access access, Handler<NoFields> handler) {
    return new Route<>(code, access, NoFields.class, ignored -> NoFields.NONE, handler);
  }
}
