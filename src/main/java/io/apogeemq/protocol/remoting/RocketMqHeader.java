package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
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
    int end = in.readerIndex() + headerBytes;
    if (headerBytes < FIXED_BYTES + 8) {
      throw new MalformedRequest("a binary header of " + headerBytes + " bytes is too short");
    }
    RemotingCommand command = RemotingCommand.decoded(HeaderForm.ROCKETMQ);
    int code = in.readShort();
    command.code(code >= FIRST_TRUNCATED && code <= LAST_TRUNCATED ? code + TRUNCATION : code);
    command.language(LanguageCode.of(in.readByte()));
    command.version(in.readUnsignedShort());
    command.opaque(in.readInt());
    command.flag(in.readInt());
    int remarkBytes = length(in.readInt(), end - in.readerIndex(), "remark");
    if (remarkBytes > 0) {
      command.remark(in.readCharSequence(remarkBytes, StandardCharsets.UTF_8).toString());
    }
    if (end - in.readerIndex() < 4) {
      throw new MalformedRequest("a binary header ends before its field table");
    }
    int extBytes = length(in.readInt(), end - in.readerIndex(), "field table");
    int extEnd = in.readerIndex() + extBytes;
    ExtFields ext = command.ext();
    while (in.readerIndex() < extEnd) {
      if (ext.size() == Frame.MAX_EXT_FIELDS) {
        throw new MalformedRequest("more than " + Frame.MAX_EXT_FIELDS + " header fields");
      }
      if (extEnd - in.readerIndex() < 2) {
        throw new MalformedRequest("a header field ends before its name");
      }
      int nameBytes = length(in.readShort(), extEnd - in.readerIndex(), "field name");
      String name = FieldNames.read(in, nameBytes);
      if (extEnd - in.readerIndex() < 4) {
        throw new MalformedRequest("header field " + name + " ends before its value");
      }
      int valueBytes = length(in.readInt(), extEnd - in.readerIndex(), "value of field " + name);
      if (valueBytes > 0) { // as in the original: an empty value is an absent one
        ext.put(name, in.readCharSequence(valueBytes, StandardCharsets.UTF_8).toString());
      }
    }
    in.readerIndex(end);
    return command;
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
