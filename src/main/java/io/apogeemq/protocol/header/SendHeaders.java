package io.apogeemq.protocol.header;

import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.WireFields;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Wire fields of the send family (10, 310, 320, and 324, 325). */
public interface SendHeaders {

  /**
   * A send request. One record for both wire forms: V1 has the long names below, V2 (310, 320, 325)
   * one letter each, {@code a} to {@code n} in the order of the original's table.
   *
   * @param defaultTopic the template for auto-creation, normally TBW102
   * @param queueId negative: the server picks
   * @param bornTimestamp ms
   * @param flag the user's flag
   * @param properties encoded property string in UTF-8, null if there are none; the record's own copy
   * @param maxReconsumeTimes given only on sends to a retry topic
   * @param batch true: the body is a batch
   */
  record Send(
      String producerGroup,
      String topic,
      String defaultTopic,
      int defaultTopicQueueNums,
      int queueId,
      int sysFlag,
      long bornTimestamp,
      int flag,
      byte @Nullable [] properties,
      int reconsumeTimes,
      boolean unitMode,
      @Nullable Integer maxReconsumeTimes,
      boolean batch) {

    /** Reads either form: a name belongs to one form only. Most requests come through here. */
    public static Send read(ExtFields ext) {
      String producerGroup = null;
      String topic = null;
      String defaultTopic = null;
      int defaultTopicQueueNums = -1;
      Integer queueId = null;
      Integer sysFlag = null;
      Long bornTimestamp = null;
      Integer flag = null;
      byte[] properties = null;
      int reconsumeTimes = 0;
      boolean unitMode = false;
      Integer maxReconsumeTimes = null;
      boolean batch = false;
      for (int i = 0; i < ext.size(); i++) {
        char letter = ext.letter(i);
        switch (letter != 0 ? letter : letterOf(ext.name(i))) {
          case 'a' -> producerGroup = ext.recurringValue(i);
          case 'b' -> topic = ext.recurringValue(i);
          case 'c' -> defaultTopic = ext.recurringValue(i);
          case 'd' -> defaultTopicQueueNums = FieldReader.number(ext, i);
          case 'e' -> queueId = FieldReader.number(ext, i);
          case 'f' -> sysFlag = FieldReader.number(ext, i);
          case 'g' -> bornTimestamp = FieldReader.longNumber(ext, i);
          case 'h' -> flag = FieldReader.number(ext, i);
          case 'i' -> properties = ext.valueBytes(i);
          case 'j' -> reconsumeTimes = FieldReader.number(ext, i);
          case 'k' -> unitMode = Boolean.parseBoolean(ext.recurringValue(i));
          case 'l' -> maxReconsumeTimes = FieldReader.number(ext, i);
          case 'm' -> batch = Boolean.parseBoolean(ext.recurringValue(i));
          default -> {} // newer clients send more (bname, ns, ...)
        }
      }
      return new Send(
          FieldReader.present("producerGroup", producerGroup),
          FieldReader.present("topic", topic),
          FieldReader.present("defaultTopic", defaultTopic),
          defaultTopicQueueNums,
          FieldReader.present("queueId", queueId),
          FieldReader.present("sysFlag", sysFlag),
          FieldReader.present("bornTimestamp", bornTimestamp),
          FieldReader.present("flag", flag),
          properties,
          reconsumeTimes,
          unitMode,
          maxReconsumeTimes,
          batch);
    }

    /** The V2 name of a V1 name, 0 for others. */
    private static char letterOf(String longName) {
      return switch (longName) {
        case "producerGroup" -> 'a';
        case "topic" -> 'b';
        case "defaultTopic" -> 'c';
        case "defaultTopicQueueNums" -> 'd';
        case "queueId" -> 'e';
        case "sysFlag" -> 'f';
        case "bornTimestamp" -> 'g';
        case "flag" -> 'h';
        case "properties" -> 'i';
        case "reconsumeTimes" -> 'j';
        case "unitMode" -> 'k';
        case "maxReconsumeTimes" -> 'l';
        case "batch" -> 'm';
        default -> 0;
      };
    }

    /** Reads the header of code 320, which is a batch whether its flag says so or not. */
    public static Send readBatch(ExtFields ext) {
      Send send = read(ext);
      return send.batch ? send : send.asBatch();
    }

    private Send asBatch() {
      return new Send(
          producerGroup,
          topic,
          defaultTopic,
          defaultTopicQueueNums,
          queueId,
          sysFlag,
          bornTimestamp,
          flag,
          properties,
          reconsumeTimes,
          unitMode,
          maxReconsumeTimes,
          true);
    }

    /** Writes the one-letter form, for codes 310, 320 and 325. */
    public void writeV2(ExtFields out) {
      out.put("a", producerGroup)
          .put("b", topic)
          .put("c", defaultTopic)
          .put("d", Integer.toString(defaultTopicQueueNums))
          .put("e", Integer.toString(queueId))
          .put("f", Integer.toString(sysFlag))
          .put("g", Long.toString(bornTimestamp))
          .put("h", Integer.toString(flag))
          .putIfPresent(
              "i", properties == null ? null : new String(properties, StandardCharsets.UTF_8))
          .put("j", Integer.toString(reconsumeTimes))
          .put("k", Boolean.toString(unitMode))
          .putIfPresent("l", maxReconsumeTimes)
          .put("m", Boolean.toString(batch));
    }
  }

  /**
   * The answer to a send. Clients unbox every number and read the two upper-case fields without a
   * null check, so all of them are always there.
   *
   * @param msgId offset message id; of a batch the ids joined by commas
   * @param queueOffset of the first message
   * @param transactionId the client's unique id, null if it gave none
   * @param recallHandle what a delayed message can be taken back with (5.x), null for others
   */
  record Reply(
      String msgId,
      int queueId,
      long queueOffset,
      @Nullable String transactionId,
      String MSG_REGION,
      String TRACE_ON,
      @Nullable String recallHandle)
      implements WireFields {

    /** The region that the original names when none is configured. */
    public static final String DEFAULT_REGION = "DefaultRegion";

    @Override
    public void writeTo(ExtFields out) {
      out.put("msgId", msgId)
          .put("queueId", Integer.toString(queueId))
          .put("queueOffset", Long.toString(queueOffset))
          .putIfPresent("transactionId", transactionId)
          .put("MSG_REGION", MSG_REGION)
          .put("TRACE_ON", TRACE_ON)
          .putIfPresent("recallHandle", recallHandle);
    }
  }
}
