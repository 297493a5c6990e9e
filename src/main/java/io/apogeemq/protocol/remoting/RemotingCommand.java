package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One request or response: a frame's header fields and its body.
 *
 * <p>The command owns one reference of its body. Whoever takes a command from a decoder or a
 * transport must {@link #release} it once; encoding one for a socket gives the body's reference to
 * the socket. Mutable until it is handed over; confined to one thread at a time.
 */
public final class RemotingCommand {
  /** {@code flag} bit: this is a response. */
  public static final int RESPONSE_FLAG = 1;

  /** {@code flag} bit: no answer is wanted. */
  public static final int ONEWAY_FLAG = 2;

  /** What our frames give as their version: the ordinal of V4_9_5 in the original's table. */
  public static final int OUR_VERSION = 403;

  /** The same as the original's tools show it. */
  public static final String OUR_VERSION_NAME = "V4_9_5";

  private int code;
  private LanguageCode language = LanguageCode.JAVA;
  private int version = OUR_VERSION;
  private int opaque;
  private int flag;
  private @Nullable String remark;
  private final ExtFields ext;
  private ByteBuf body = Unpooled.EMPTY_BUFFER;
  private HeaderForm form = HeaderForm.JSON;

  private RemotingCommand(int code) {
    this(code, new ExtFields());
  }

  private RemotingCommand(int code, ExtFields ext) {
    this.code = code;
    this.ext = ext;
  }

  /** A request without fields; the transport gives it its {@code opaque}. */
  public static RemotingCommand request(int code) {
    return new RemotingCommand(code);
  }

  /** A request with the fields of a header record ({@link RecordCodec}). */
  public static RemotingCommand request(int code, Record header) {
    RemotingCommand command = new RemotingCommand(code);
    RecordCodec.writeTo(header, command.ext);
    return command;
  }

  /** The response to a request: same opaque, same header form. */
  public static RemotingCommand responseTo(RemotingCommand request, int code) {
    return response(code, request.opaque, request.form);
  }

  /** A response to the request that had this opaque and form. */
  public static RemotingCommand response(int code, int opaque, HeaderForm form) {
    RemotingCommand command = new RemotingCommand(code);
    command.opaque = opaque;
    command.form = form;
    command.flag = RESPONSE_FLAG;
    return command;
  }

  /** A command as a decoder read it. */
  static RemotingCommand decoded(HeaderForm form, ExtFields ext) {
    RemotingCommand command = new RemotingCommand(0, ext);
    command.form = form;
    command.version = 0;
    return command;
  }

  public int code() {
    return code;
  }

  RemotingCommand code(int value) {
    code = value;
    return this;
  }

  public LanguageCode language() {
    return language;
  }

  public RemotingCommand language(LanguageCode value) {
    language = value;
    return this;
  }

  public int version() {
    return version;
  }

  public RemotingCommand version(int value) {
    version = value;
    return this;
  }

  /** Correlates a response with its request; unique per requester, not per connection. */
  public int opaque() {
    return opaque;
  }

  public RemotingCommand opaque(int value) {
    opaque = value;
    return this;
  }

  public int flag() {
    return flag;
  }

  public RemotingCommand flag(int value) {
    flag = value;
    return this;
  }

  public boolean isResponse() {
    return (flag & RESPONSE_FLAG) != 0;
  }

  public boolean isOneway() {
    return (flag & ONEWAY_FLAG) != 0;
  }

  /** Marks the request as one that nobody answers. */
  public RemotingCommand oneway() {
    flag |= ONEWAY_FLAG;
    return this;
  }

  public @Nullable String remark() {
    return remark;
  }

  public RemotingCommand remark(@Nullable String value) {
    remark = value;
    return this;
  }

  public ExtFields ext() {
    return ext;
  }

  public HeaderForm form() {
    return form;
  }

  public RemotingCommand form(HeaderForm value) {
    form = value;
    return this;
  }

  /** The header fields as a record. Throws {@link MalformedRequest} if a required one is missing. */
  public <T extends Record> T header(Class<T> type) {
    return RecordCodec.of(type).read(ext);
  }

  /** The body; empty if there is none. Valid until {@link #release}. */
  public ByteBuf body() {
    return body;
  }

  /** Gives the command a body and its reference; the former body must be the empty one. */
  public RemotingCommand body(ByteBuf value) {
    body = value;
    return this;
  }

  public RemotingCommand body(byte[] value) {
    return body(Unpooled.wrappedBuffer(value));
  }

  /** A copy of the body's bytes. */
  public byte[] bodyBytes() {
    return ByteBufUtil.getBytes(body);
  }

  /** Gives back the body's reference. */
  public void release() {
    body.release();
  }

  @Override
  public String toString() {
    return (isResponse() ? "response " : "request ")
        + code
        + " opaque="
        + opaque
        + " ext="
        + ext
        + " body="
        + body.readableBytes()
        + (remark == null ? "" : " remark=" + remark);
  }
}
