package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.Frame;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * What a broker tells a name server about its topics: the body of code 103.
 *
 * <p>It comes as JSON, or, if the header says {@code compressed=true}, as a zlib stream of
 *
 * <pre>
 *  int32 length | data version, JSON
 *  int32 topics | { int32 length | "name readQueues writeQueues perm filterType attributes" } ...
 *  int32 length | filter servers, JSON array
 *  since 5.0:  int32 static topics | { int32 length | mapping, JSON } ...     (read over)
 * </pre>
 *
 * <p>The attributes of a topic are a JSON object and there since 5.0 only.
 *
 * @param filterServerList always empty in the brokers of today
 * @param topicConfigSerializeWrapper all topics, or in 5.x a single changed one
 */
public record RegisterBrokerBody(
    List<String> filterServerList, TopicConfigWrapper topicConfigSerializeWrapper) implements Body {

  /** No text in the compressed form may be longer; a topic's has a few hundred bytes. */
  private static final int MAX_ITEM_BYTES = 64 * 1024;

  /** A bomb guard: a compressed body may not grow beyond what would be a frame without compression. */
  private static final int MAX_INFLATED_BYTES = Frame.MAX_LENGTH;

  /** Estimate: a topic and its place in the table, without texts. */
  private static final int TOPIC_BYTES = 256;

  /** First byte of a zlib stream, which no JSON document starts with. */
  private static final byte ZLIB_MARK = 0x78;

  private static final int MAX_TOPICS = 1_000_000;

  /** The checksum that the header carries as {@code bodyCrc32}, over the body as it is sent. */
  public static int checksum(ByteBuf body) {
    CRC32 crc = new CRC32();
    crc.update(body.nioBuffer());
    return (int) (crc.getValue() & 0x7FFFFFFF);
  }

  /**
   * Reads the readable bytes of a body, without consuming them.
   *
   * @param compressed what the header says. A compressed body is recognised without it, too: a 5.5.0
   *     broker with {@code compressedRegister=true} sends one and says that it does not.
   */
  public static RegisterBrokerBody parse(ByteBuf body, boolean compressed) {
    boolean zlib = body.isReadable() && body.getByte(body.readerIndex()) == ZLIB_MARK;
    return compressed || zlib
        ? inflated(body.duplicate())
        : Body.parse(RegisterBrokerBody.class, body);
  }

  private static RegisterBrokerBody inflated(ByteBuf body) {
    try (Inflated in = new Inflated(body)) {
      return in.registration();
    } catch (EOFException e) {
      throw new MalformedRequest("a compressed registration ends too early");
    } catch (ZipException e) {
      throw new MalformedRequest("a compressed registration can't be inflated: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the bytes are in memory
    }
  }

  /** Reads one compressed body, within bounds of bytes and memory. */
  private static final class Inflated implements AutoCloseable {
    private final DataInputStream in;
    private final BodyMemory memory = BodyMemory.ofOneBody();
    private long inflatedBytes;

    Inflated(ByteBuf body) {
      in = new DataInputStream(new InflaterInputStream(new ByteBufInputStream(body)));
    }

    RegisterBrokerBody registration() throws IOException {
      DataVersion version = Body.parse(DataVersion.class, item());
      int topics = in.readInt();
      if (topics < 0 || topics > MAX_TOPICS) {
        throw new MalformedRequest("a registration of " + topics + " topics is out of range");
      }
      Map<String, TopicConfig> table = new LinkedHashMap<>();
      for (int i = 0; i < topics; i++) {
        String line = new String(item(), StandardCharsets.UTF_8);
        memory.charge(TOPIC_BYTES);
        memory.chargeText(line.length());
        TopicConfig topic = topic(line, memory);
        table.put(topic.topicName(), topic);
      }
      item(); // filter servers are no more
      return new RegisterBrokerBody(List.of(), new TopicConfigWrapper(version, null, table));
    }

    private byte[] item() throws IOException {
      int length = in.readInt();
      if (length < 0 || length > MAX_ITEM_BYTES) {
        throw new MalformedRequest(
            "length "
                + length
                + " in a compressed registration is over the limit of "
                + MAX_ITEM_BYTES);
      }
      inflatedBytes += Integer.BYTES + length;
      if (inflatedBytes > MAX_INFLATED_BYTES) {
        throw new MalformedRequest(
            "a compressed registration has more than " + MAX_INFLATED_BYTES + " bytes in all");
      }
      byte[] bytes = in.readNBytes(length); // grows with what is there, not with what is claimed
      if (bytes.length < length) {
        throw new EOFException();
      }
      return bytes;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private static TopicConfig topic(String line, BodyMemory memory) {
    String[] parts = line.split(" ", 6);
    if (parts.length < 5) {
      throw new MalformedRequest(
          "topic line '" + JsonReader.shortened(line) + "' of a registration needs five parts");
    }
    try {
      return new TopicConfig(
          parts.length == 6 && parts[5].startsWith("{") ? attributes(parts[5], memory) : null,
          false,
          Integer.parseInt(parts[3]),
          Integer.parseInt(parts[1]),
          parts[4],
          parts[0],
          0,
          Integer.parseInt(parts[2]));
    } catch (NumberFormatException e) {
      throw new MalformedRequest(
          "topic line '" + JsonReader.shortened(line) + "' of a registration: not a number");
    }
  }

  private static Map<String, String> attributes(String json, BodyMemory memory) {
    Json table = new JsonReader("{\"table\":" + json + "}", memory).document();
    return BodyCodec.of(KvTable.class).read(table).table();
  }

  /**
   * This body in the compressed form.
   *
   * @param since5 whether the receiver reads the attributes and the list of static topics behind the
   *     filter servers; it decides by the version in the request's header
   */
  public byte[] compressed(boolean since5) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes, deflater))) {
      TopicConfigWrapper topics = topicConfigSerializeWrapper;
      DataVersion version = topics.dataVersion();
      writeItem(version == null ? "{}" : version.toJson(JsonForm.STANDARD), out);
      out.writeInt(topics.topicConfigTable().size());
      for (TopicConfig each : topics.topicConfigTable().values()) {
        writeItem(line(each, since5), out);
      }
      writeItem("[]", out);
      if (since5) {
        out.writeInt(0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }

  private static String line(TopicConfig topic, boolean since5) {
    String line =
        topic.topicName()
            + " "
            + topic.readQueueNums()
            + " "
            + topic.writeQueueNums()
            + " "
            + topic.perm()
            + " "
            + topic.topicFilterType();
    return since5 ? line + " " + json(topic.attributes()) : line;
  }

  private static String json(@Nullable Map<String, String> attributes) {
    JsonWriter out = new JsonWriter(JsonForm.STANDARD).beginObject();
    if (attributes != null) {
      attributes.forEach((name, value) -> out.name(name).text(value));
    }
    return out.endObject().text();
  }

  private static void writeItem(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
