package io.apogeemq.compat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A request frame written by hand, byte for byte, without the codec that it is meant to test.
 *
 * @param code request code
 * @param opaque what the answer must repeat
 * @param ext header fields
 * @param body body bytes; empty for none
 */
record RawFrame(int code, int opaque, Map<String, String> ext, byte[] body) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger NEXT_OPAQUE = new AtomicInteger(1000);

  static RawFrame json(int code) {
    return new RawFrame(code, NEXT_OPAQUE.getAndIncrement(), Map.of(), new byte[0]);
  }

  /** The same frame with one more header field. */
  RawFrame with(String field, Object value) {
    Map<String, String> fields = new LinkedHashMap<>(ext);
    fields.put(field, value.toString());
    return new RawFrame(code, opaque, fields, body);
  }

  RawFrame body(byte[] bytes) {
    return new RawFrame(code, opaque, ext, bytes);
  }

  RawFrame body(String text) {
    return body(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The frame with a JSON header. */
  byte[] bytes() {
    ObjectNode header = JSON.createObjectNode();
    header.put("code", code).put("flag", 0).put("language", "JAVA");
    header.put("opaque", opaque).put("serializeTypeCurrentRPC", "JSON").put("version", 403);
    ObjectNode fields = header.putObject("extFields");
    ext.forEach(fields::put);
    return frame(0, header.toString().getBytes(StandardCharsets.UTF_8), body);
  }

  /** The frame with a binary header. */
  byte[] binaryBytes() {
    return frame(1, binaryHeader(), body);
  }

  private byte[] binaryHeader() {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try (DataOutputStream entry = new DataOutputStream(fields);
        DataOutputStream out = new DataOutputStream(header)) {
      for (Map.Entry<String, String> field : ext.entrySet()) {
        byte[] key = field.getKey().getBytes(StandardCharsets.UTF_8);
        byte[] value = field.getValue().getBytes(StandardCharsets.UTF_8);
        entry.writeShort(key.length);
        entry.write(key);
        entry.writeInt(value.length);
        entry.write(value);
      }
      out.writeShort(code);
      out.writeByte(0); // Java
      out.writeShort(403);
      out.writeInt(opaque);
      out.writeInt(0); // a request
      out.writeInt(0); // no remark
      out.writeInt(fields.size());
      out.write(fields.toByteArray());
      return header.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A frame of any header bytes: 0 names a JSON header, 1 a binary one, the rest nothing. */
  static byte[] frame(int form, byte[] header, byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(4 + header.length + body.length);
      out.writeInt(form << 24 | header.length);
      out.write(header);
      out.write(body);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
