package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.RecordCodec;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One row: a request code, what its caller must be allowed to do, and who answers it. {@link
 * Dispatcher} finds the handler of a request in the rows; a family changes what is served by its rows
 * alone.
 *
 * <pre>
 *   Route.on(PULL_MESSAGE, Access.SUB, Pull.class, this::pull).topic(Pull::topic).group(Pull::consumerGroup)
 * </pre>
 *
 * @param code {@link io.apogeemq.protocol.remoting.RequestCode}
 * @param access what the caller must be allowed to do; checked where there is a {@link Gate}
 * @param header the record that the header fields are read into before the handler is called
 * @param reader how they are read; throws {@code MalformedRequest} naming the field that is wrong
 * @param handler runs on the connection's event loop
 * @param about the topics and groups that the caller must be allowed to use, null if there are none
 */
public record Route<H extends Record>(
    int code,
    Access access,
    Class<H> header,
    Function<ExtFields, H> reader,
    Handler<H> handler,
    @Nullable About<H> about) {

  /** Answers one request. A failed future or a thrown exception is answered with SYSTEM_ERROR. */
  @FunctionalInterface
  public interface Handler<H extends Record> {
    Future<Reply> handle(Exchange from, H header);
  }

  /** Asks the caller for each topic and group of a request. */
  @FunctionalInterface
  public interface Questions<H extends Record> {
    void ask(Caller caller, H header, RemotingCommand request) throws Refused;
  }

  /**
   * What requests of a row are about.
   *
   * @param words what the questions are asked for, as documents say it: {@code topic, group}
   */
  public record About<H extends Record>(String words, Questions<H> questions) {}

  /** The header of a request that has no fields, or whose fields don't matter. */
  public record NoFields() {
    static final NoFields NONE = new NoFields();
  }

  public static <H extends Record> Route<H> on(
      int code, Access access, Class<H> header, Handler<H> handler) {
    RecordCodec<H> codec = RecordCodec.of(header);
    return new Route<>(code, access, header, codec::read, handler, null);
  }

  /** A row whose header has a hand-written reader, for the requests that make up the traffic. */
  public static <H extends Record> Route<H> on(
      int code, Access access, Class<H> header, Function<ExtFields, H> reader, Handler<H> handler) {
    return new Route<>(code, access, header, reader, handler, null);
  }

  /** A row for a request without header fields. */
  public static Route<NoFields> on(int code, Access access, Handler<NoFields> handler) {
    return new Route<>(code, access, NoFields.class, ignored -> NoFields.NONE, handler, null);
  }

  /** The row, about the topic that a header field names; null names none. */
  public Route<H> topic(Function<H, @Nullable String> name) {
    return about("topic", (caller, header, request) -> askFor(caller, name.apply(header)));
  }

  /** The row, about a topic by name. */
  private void askFor(Caller caller, @Nullable String topic) {
    if (topic == null) {
      return;
    }
    switch (access) {
      case PUB -> caller.mayPublish(topic);
      case SUB -> caller.mayConsume(topic);
      case ANY -> caller.mayUse(topic);
      case OPEN, ADMIN, PEER ->
          throw new IllegalStateException("row " + code + " names a topic, but no right to it");
    }
  }

  /** The row, about the consumer group that a header field names; null names none. */
  public Route<H> group(Function<H, @Nullable String> name) {
    return about(
        "group",
        (caller, header, request) -> {
          String group = name.apply(header);
          if (group != null) {
            caller.mayJoin(group);
          }
        });
  }

  /** The row, about what questions of its own find, in the body for example. */
  public Route<H> about(String words, Questions<H> more) {
    About<H> before = about;
    About<H> all =
        before == null
            ? new About<>(words, more)
            : new About<>(
                before.words() + ", " + words,
                (caller, header, request) -> {
                  before.questions().ask(caller, header, request);
                  more.ask(caller, header, request);
                });
    return new Route<>(code, access, header, reader, handler, all);
  }

  /** Throws {@link Refused} unless the caller may have this request served. */
  void check(Caller caller, H header, RemotingCommand request) throws Refused {
    if (access == Access.ADMIN || access == Access.PEER) {
      caller.mayAdminister();
    }
    if (about != null) {
      about.questions().ask(caller, header, request);
    }
  }
}
