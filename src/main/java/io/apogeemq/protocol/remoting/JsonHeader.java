package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;

/**
 * The JSON header form: {@code {"code":105,"extFields":{"topic":"T"},"flag":0,"language":"JAVA",
 * "opaque":1,"serializeTypeCurrentRPC":"JSON","version":403}}.
 *
 * <p>Unknown members are skipped, numbers and booleans among the fields become text, null means
 * absent. Members are written in the original's (alphabetical) order.
 */
final class JsonHeader {
  private static final byte[] CODE = JsonText.ascii("{\"code\":");
  private static final byte[] FIELDS = JsonText.ascii(",\"extFields\":{");
  private static final byte[] FLAG = JsonText.ascii(",\"flag\":");
  private static final byte[] LANGUAGE = JsonText.ascii(",\"language\":");
  private static final byte[] OPAQUE = JsonText.ascii(",\"opaque\":");
  private static final byte[] REMARK = JsonText.ascii(",\"remark\":");
  private static final byte[] VERSION =
      JsonText.ascii(",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":");

  private JsonHeader() {}

  static RemotingCommand read(ByteBuf in, int headerBytes) {
    byte[] json = new byte[headerBytes];
    in.readBytes(json);
    return new JsonHeaderReader(json).read();
  }

  static void write(RemotingCommand command, ByteBuf out) {
    JsonText json = JsonText.start().raw(CODE).number(command.code());
    ExtFields ext = command.ext();
    if (!ext.isEmpty()) {
      json.raw(FIELDS);
      for (int i = 0; i < ext.size(); i++) {
        if (i > 0) {
          json.raw(',');
        }
        json.string(ext.name(i)).raw(':').string(ext.value(i));
      }
      json.raw('}');
    }
    json.raw(FLAG).number(command.flag());
    json.raw(LANGUAGE).string(command.language().name());
    json.raw(OPAQUE).number(command.opaque());
    if (command.remark() != null) {
      json.raw(REMARK).string(command.remark());
    }
    json.raw(VERSION).number(command.version()).raw('}');
    json.writeTo(out);
  }
}
