package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.RecordCodec;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What a handler answers: code, remark, header fields, body. The dispatcher makes a frame of it. */
public final class Reply {
  private final int code;
  private final @Nullable String remark;
  private final @Nullable Record header;
  private final ExtFields ext = new ExtFields();
  private ByteBuf body = Unpooled.EMPTY_BUFFER;

  private Reply(int code, @Nullable String remark, @Nullable Record header) {
    this.code = code;
    this.remark = remark;
    this.header = header;
  }

  public static Reply ok() {
    return new Reply(ResponseCode.SUCCESS, null, null);
  }

  /** Success with the fields of a header record. */
  public static Reply ok(Record header) {
    return new Reply(ResponseCode.SUCCESS, null, header);
  }

  /** Any code; the remark names cause and cure for people. */
  public static Reply of(int code, @Nullable String remark) {
    return new Reply(code, remark, null);
  }

  public static Reply of(int code, @Nullable String remark, Record header) {
    return new Reply(code, remark, header);
  }

  /** Adds a body; its reference goes to the reply. */
  public Reply body(ByteBuf bytes) {
    body = bytes;
    return this;
  }

  public Reply body(byte[] bytes) {
    return body(Unpooled.wrappedBuffer(bytes));
  }

  /** Adds a header field beside those of the record. */
  public Reply field(String name, String value) {
    ext.put(name, value);
    return this;
  }

  public int code() {
    return code;
  }

  public @Nullable String remark() {
    return remark;
  }

  public @Nullable Record header() {
    return header;
  }

  public ByteBuf body() {
    return body;
  }

  /** This reply as a completed future: for handlers that need not wait. */
  public Future<Reply> now() {
    return Future.succeededFuture(this);
  }

  /** The response frame to a request. The body's reference goes along. */
  RemotingCommand toResponse(RemotingCommand request) {
    RemotingCommand response = RemotingCommand.responseTo(request, code).remark(remark).body(body);
    if (header != null) {
      RecordCodec.writeTo(header, response.ext());
    }
    for (int i = 0; i < ext.size(); i++) {
      response.ext().put(ext.name(i), ext.value(i));
    }
    return response;
  }
}
