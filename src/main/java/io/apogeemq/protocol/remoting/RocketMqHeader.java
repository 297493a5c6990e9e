package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The binary header form.
 *
 * <pre>
 *  code int16 | language int8 | version int16 | opaque int32 | flag int32
 *  remarkLength int32 | remark UTF-8
 *  extLength int32 | { nameLength int16 | name | valueLength int32 | value } ...
 * </pre>
 *
 * <p>The official client truncates codes above 32767 to 16 bits here. The truncated POP codes
 * collide with no other code, so they are read as what was meant.
 */
final class RocketMqHeader {
  private static final int FIXED_BYTES = 2 + 1 + 2 + 4 + 4;
  private static final int FIRST_TRUNCATED = 200050 & 0xFFFF;
  private static final int LAST_TRUNCATED = 200151 & 0xFFFF;
  private static final int TRUNCATION = 200050 - FIRST_TRUNCATED;

  private RocketMqHeader() {}

  static RemotingCommand read(ByteBuf in, int headerBytes) {
    if (headerBytes < FIXED_BYTES + 8) {
      throw new MalformedRequest("a binary header of " + headerBytes + " bytes is too short");
    }
    byte[] bytes = new byte[headerBytes];
    in.readBytes(bytes);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    ExtFields ext = new ExtFields(bytes);
    RemotingCommand command = RemotingCommand.decoded(HeaderForm.ROCKETMQ, ext);
    int code = header.getShort();
    command.code(code >= FIRST_TRUNCATED && code <= LAST_TRUNCATED ? code + TRUNCATION : code);
    command.language(LanguageCode.of(header.get()));
    command.version(header.getShort() & 0xFFFF);
    command.opaque(header.getInt());
    command.flag(header.getInt());
    int remarkBytes = length(header.getInt(), header.remaining(), "remark");
    if (remarkBytes > 0) {
      command.remark(new String(bytes, header.position(), remarkBytes, StandardCharsets.UTF_8));
      header.position(header.position() + remarkBytes);
    }
    if (header.remaining() < 4) {
      throw new MalformedRequest("a binary header ends before its field table");
    }
    int tableBytes = length(header.getInt(), header.remaining(), "field table");
    readFields(header.limit(header.position() + tableBytes), ext);
    return command;
  }

  private static void readFields(ByteBuffer table, ExtFields ext) {
    while (table.hasRemaining()) {
      if (ext.size() == Frame.MAX_EXT_FIELDS) {
        throw new MalformedRequest("more than " + Frame.MAX_EXT_FIELDS + " header fields");
      }
      if (table.remaining() < 2) {
        throw new MalformedRequest("a header field ends before its name");
      }
      int nameBytes = length(table.getShort(), table.remaining(), "field name");
      int name = table.position();
      table.position(name + nameBytes);
      if (table.remaining() < 4) {
        throw new MalformedRequest("a header field ends before its value");
      }
      int valueBytes = length(table.getInt(), table.remaining(), "field value");
      int value = table.position();
      table.position(value + valueBytes);
      if (valueBytes > 0) { // as in the original: an empty value is an absent one
        ext.addSpan(name, name + nameBytes, value, value + valueBytes);
      }
    }
  }

  private static int length(int value, int available, String what) {
    if (value < 0 || value > available) {
      throw new MalformedRequest(
          "length "
              + value
              + " of "
              + what
              + " does not fit into the "
              + available
              + " bytes left");
    }
    return value;
  }

  static void write(RemotingCommand command, ByteBuf out) {
    out.writeShort(command.code());
    out.writeByte(command.language().ordinal());
    out.writeShort(command.version());
    out.writeInt(command.opaque());
    out.writeInt(command.flag());
    writeText(command.remark() == null ? "" : command.remark(), out);
    int lengthAt = out.writerIndex();
    out.writeInt(0);
    ExtFields ext = command.ext();
    for (int i = 0; i < ext.size(); i++) {
      int nameAt = out.writerIndex();
      out.writeShort(0);
      out.setShort(nameAt, ByteBufUtil.writeUtf8(out, ext.name(i)));
      writeText(ext.value(i), out);
    }
    out.setInt(lengthAt, out.writerIndex() - lengthAt - 4);
  }

  private static void writeText(String text, ByteBuf out) {
    int lengthAt = out.writerIndex();
    out.writeInt(0);
    out.setInt(lengthAt, ByteBufUtil.writeUtf8(out, text));
  }
}
