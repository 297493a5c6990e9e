package io.apogeemq.protocol.body;

import java.util.List;
import java.util.Map;

/** New offsets of a group: the body of code 220 and the answer to code 222. */
public record ResetOffsetBody(Map<MessageQueue, Long> offsetTable) implements Body {
  /** The same for a client written in C++, which can't read objects as names. */
  public record AsList(List<Offset> offsetTable) implements Body {
    /** One queue and its new offset. */
    public record Offset(String brokerName, long offset, int queueId, String topic)
        implements Body {}
  }
}
