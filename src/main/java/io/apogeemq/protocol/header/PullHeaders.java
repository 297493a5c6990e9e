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
      Integer queueId = null;
      Long queueOffset = null;
      Integer maxMsgNums = null;
      Integer sysFlag = null;
      long commitOffset = 0;
      long suspendTimeoutMillis = 0;
      String subscription = null;
      long subVersion = 0;
      String expressionType = null;
      Integer maxMsgBytes = null;
      for (int i = 0; i < ext.size(); i++) {
        switch (ext.name(i)) {
          case "consumerGroup" -> consumerGroup = ext.recurringValue(i);
          case "topic" -> topic = ext.recurringValue(i);
          case "queueId" -> queueId = FieldReader.number(ext, i);
          case "queueOffset" -> queueOffset = FieldReader.longNumber(ext, i);
          case "maxMsgNums" -> maxMsgNums = FieldReader.number(ext, i);
          case "sysFlag" -> sysFlag = FieldReader.number(ext, i);
          case "commitOffset" -> commitOffset = FieldReader.longNumber(ext, i);
          case "suspendTimeoutMillis" -> suspendTimeoutMillis = FieldReader.longNumber(ext, i);
          case "subscription" -> subscription = ext.recurringValue(i);
          case "subVersion" -> subVersion = FieldReader.longNumber(ext, i);
          case "expressionType" -> expressionType = ext.recurringValue(i);
          case "maxMsgBytes" -> maxMsgBytes = FieldReader.number(ext, i);
          default -> {} // newer clients send more (bname, ns, requestSource, ...)
        }
      }
      return new Pull(
          FieldReader.present("consumerGroup", consumerGroup),
          FieldReader.present("topic", topic),
          FieldReader.present("queueId", queueId),
          FieldReader.present("queueOffset", queueOffset),
          FieldReader.present("maxMsgNums", maxMsgNums),
          FieldReader.present("sysFlag", sysFlag),
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
