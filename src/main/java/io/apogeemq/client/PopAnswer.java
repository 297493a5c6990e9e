package io.apogeemq.client;

import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the answer to a pop apart, and makes each message's receipt. */
final class PopAnswer {
  private static final String HANDLE = "POP_CK";

  private PopAnswer() {}

  /** {@code unpacks}: false: bodies stay as they are stored. */
  static List<PoppedMessage> read(
      String topic, String brokerName, RemotingCommand response, boolean unpacks) {
    PopHeaders.PopReply header = response.header(PopHeaders.PopReply.class);
    Map<Integer, Long> starts = starts(header.startOffsetInfo());
    List<PoppedMessage> all = new ArrayList<>();
    for (ReceivedMessage each :
        StoredMessages.read(brokerName, response.body().nioBuffer(), unpacks)) {
      String handle = each.properties().get(HANDLE);
      Receipt receipt =
          handle != null
              ? Receipt.ofHandle(topic, handle, each.logPosition())
              : new Receipt(
                  topic,
                  brokerName,
                  each.queueId(),
                  each.queueOffset(),
                  starts.getOrDefault(each.queueId(), each.queueOffset()),
                  header.popTime(),
                  header.invisibleTime(),
                  header.reviveQid(),
                  0,
                  each.logPosition());
      all.add(new PoppedMessage(each, receipt));
    }
    return all;
  }

  /**
   * The first offset that was taken from each queue of the topic itself. Messages of its retry topic
   * bring their handle along.
   *
   * @param info {@code kind queueId startOffset;…}
   */
  private static Map<Integer, Long> starts(@Nullable String info) {
    Map<Integer, Long> starts = new HashMap<>();
    if (info == null || info.isEmpty()) {
      return starts;
    }
    for (String each : info.split(";")) {
      String[] parts = each.split(" ");
      if (parts.length != 3) {
        throw new MalformedRequest("startOffsetInfo of a pop's answer is '" + info + "'");
      }
      if (parts[0].equals("0")) {
        starts.put(Integer.valueOf(parts[1]), Long.valueOf(parts[2]));
      }
    }
    return starts;
  }
}
