package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.MalformedRequest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes apart what brokers answer with: stored records, one behind the other. */
final class StoredMessages {
  /** Property of a message that comes again after a failure: the topic it was first sent to. */
  private static final String RETRY_TOPIC = "RETRY_TOPIC";

  /**
   * All bodies of an answer together unpack to no more than this, whatever they claim; what goes beyond
   * stays as it is stored. An honest answer has some hundred KiB of small bodies, or few large ones.
   */
  private static final long MAX_UNPACKED_BYTES = 4L * Body.MAX_BYTES;

  private StoredMessages() {}

  /**
   * Copies the messages out of a buffer.
   *
   * @param minOffset the queue's first offset, which consumers find among the properties
   * @param maxOffset the queue's end, likewise
   * @param unpacks false: bodies stay as they are stored
   * @throws MalformedRequest if the bytes are no records
   */
  static List<ReceivedMessage> read(
      String brokerName, ByteBuffer records, long minOffset, long maxOffset, boolean unpacks) {
    List<ReceivedMessage> all = read(brokerName, records, unpacks);
    for (ReceivedMessage each : all) {
      each.properties().put("MIN_OFFSET", Long.toString(minOffset));
      each.properties().put("MAX_OFFSET", Long.toString(maxOffset));
    }
    return all;
  }

  /** The same where the queue's ends are not known; bodies are unpacked. */
  static List<ReceivedMessage> read(String brokerName, ByteBuffer records) {
    return read(brokerName, records, true);
  }

  static List<ReceivedMessage> read(String brokerName, ByteBuffer records, boolean unpacks) {
    List<ReceivedMessage> all = new ArrayList<>();
    MessageView view = new MessageView();
    long leftBytes = MAX_UNPACKED_BYTES;
    int at = records.position();
    while (at < records.limit()) {
      String broken = view.open(records, at);
      if (broken != null) {
        throw new MalformedRequest("a stored message can't be read: " + broken);
      }
      byte[] stored = new byte[view.body().remaining()];
      view.body().get(stored);
      Body body = unpacks ? Body.of(view.sysFlag(), stored, leftBytes) : Body.asStored(stored);
      if (body.bytes() != stored) {
        leftBytes -= body.bytes().length;
      }
      all.add(message(brokerName, view, body));
      at += view.size();
    }
    return all;
  }

  private static ReceivedMessage message(String brokerName, MessageView view, Body body) {
    // A hash map of the usual first size, so that they print in the original's order.
    Map<String, String> properties = new HashMap<>(16);
    properties.putAll(Properties.parse(view.properties()));
    InetSocketAddress storeHost = view.storeHost();
    String topic = view.topic();
    return new ReceivedMessage(
        brokerName,
        topic.startsWith(Names.RETRY) ? properties.getOrDefault(RETRY_TOPIC, topic) : topic,
        view.queueId(),
        view.queueOffset(),
        view.size(),
        view.flag(),
        view.sysFlag(),
        view.bornTimestampMs(),
        view.bornHost(),
        view.storeTimestampMs(),
        storeHost,
        MessageId.format(storeHost, view.logPosition()),
        view.logPosition(),
        view.bodyCrc(),
        view.reconsumeTimes(),
        view.preparedPosition(),
        properties,
        body.bytes(),
        body.flaw());
  }
}
