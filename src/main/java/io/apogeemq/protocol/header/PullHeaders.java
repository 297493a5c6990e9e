package io.apogeemq.protocol.header;

import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.WireFields;
import org.jspecify.annotations.Nullable;

/** Wire fields of the pull family (11, 361). */
public interface PullHeaders {
  /** {@code sysFlag}: commit {@code commitOffset} before reading. */
  int FLAG_COMMIT_OFFSET = 1;

  /** {@code sysFlag}: wait up to {@code suspendTimeoutMillis} if there is nothing yet. */
  int FLAG_SUSPEND = 2;

  /** {@code sysFlag}: filter by {@code subscription}, not by what the heartbeat said. */
  int FLAG_SUBSCRIPTION = 4;

  /**
   * A pull request.
   *
   * @param subscription tag expression, present with {@link #FLAG_SUBSCRIPTION}
   * @param subVersion version (ms) of the subscription that the client pulls with
   * @param maxMsgBytes 5.x clients only
   */
  record Pull(
      String consumerGroup,
      String topic,
      int queueId,
      long queueOffset,
      int maxMsgNums,
      int sysFlag,
      long commitOffset,
      long suspendTimeoutMillis,
      @Nullable String subscription,
      long subVersion,
      @Nullable String expressionType,
      @Nullable Integer maxMsgBytes) {

    /** Reads the fields in one pass; most consumers' requests come through here. */
    public static Pull read(ExtFields ext) {
      String consumerGroup = null;
      String topic = null;
      String queueId = null;
      String queueOffset = null;
      String maxMsgNums = null;
      String sysFlag = null;
      long commitOffset = 0;
      long suspendTimeoutMillis = 0;
      String subscription = null;
      long subVersion = 0;
      String expressionType = null;
      Integer maxMsgBytes = null;
      for (int i = 0; i < ext.size(); i++) {
        String name = ext.name(i);
        String value = ext.value(i);
        switch (name) {
          case "consumerGroup" -> consumerGroup = value;
          case "topic" -> topic = value;
          case "queueId" -> queueId = value;
          case "queueOffset" -> queueOffset = value;
          case "maxMsgNums" -> maxMsgNums = value;
          case "sysFlag" -> sysFlag = value;
          case "commitOffset" -> commitOffset = FieldReader.longNumber(name, value);
          case "suspendTimeoutMillis" -> suspendTimeoutMillis = FieldReader.longNumber(name, value);
          case "subscription" -> subscription = value;
          case "subVersion" -> subVersion = FieldReader.longNumber(name, value);
          case "expressionType" -> expressionType = value;
          case "maxMsgBytes" -> maxMsgBytes = FieldReader.number(name, value);
          default -> {} // newer clients send more (bname, ns, requestSource, ...)
        }
      }
      return new Pull(
          FieldReader.present("consumerGroup", consumerGroup),
          FieldReader.present("topic", topic),
          FieldReader.number("queueId", FieldReader.present("queueId", queueId)),
          FieldReader.longNumber("queueOffset", FieldReader.present("queueOffset", queueOffset)),
          FieldReader.number("maxMsgNums", FieldReader.present("maxMsgNums", maxMsgNums)),
          FieldReader.number("sysFlag", FieldReader.present("sysFlag", sysFlag)),
          commitOffset,
          suspendTimeoutMillis,
          subscription,
          subVersion,
          expressionType,
          maxMsgBytes);
    }

    /** True if all bits of {@code flag} are set in the request's {@code sysFlag}. */
    public boolean has(int flag) {
      return (sysFlag & flag) == flag;
    }
  }

  /** The answer to a pull, found or not: where the client goes on, and the queue's bounds. */
  record Reply(long suggestWhichBrokerId, long nextBeginOffset, long minOffset, long maxOffset)
      implements WireFields {
    @Override
    public void writeTo(ExtFields out) {
      out.put("suggestWhichBrokerId", Long.toString(suggestWhichBrokerId))
          .put("nextBeginOffset", Long.toString(nextBeginOffset))
          .put("minOffset", Long.toString(minOffset))
          .put("maxOffset", Long.toString(maxOffset));
    }
  }
}
