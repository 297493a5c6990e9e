package io.apogeemq.broker.transaction;

import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.header.TransactionHeaders;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Connection;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and sends the question (code 39, one-way): the half message under its real topic and queue, and
 * in the header where it lies, which the producer sends back with its decision. The original writes the
 * half message again before each question; here it stays where it is, and only what the producer
 * reads of {@code TRANSACTION_CHECK_TIMES} goes up.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class CheckMessages {
  private static final Logger LOG = LoggerFactory.getLogger(CheckMessages.class);

  private final TransactionConfig config;
  private final OpenHalves halves;
  private final HalfReader reader;
  private final MessageId.Formatter ids;

  CheckMessages(TransactionConfig config, OpenHalves halves, HalfReader reader) {
    this.config = config;
    this.halves = halves;
    this.reader = reader;
    ids = new MessageId.Formatter(config.storeHost());
  }

  /** Asks about a half message. One that can't be read is logged and not asked for. */
  void send(int slot, Connection producer) {
    long offset = halves.queueOffset(slot);
    int times = halves.checks(slot);
    reader.read(
        offset,
        fetched -> {
          if (fetched == null) {
            return;
          }
          try {
            producer.send(question(fetched.view(), times));
          } catch (RuntimeException e) { // another broker's record that is no half message
            LOG.error("the half message at offset {} can't be asked for", offset, e);
          } finally {
            fetched.release();
          }
        });
  }

  private RemotingCommand question(MessageView half, int times) {
    Forwarding question = Forwarding.of(half, half.storeHost());
    String topic = question.get(Properties.REAL_TOPIC);
    String queue = question.get(Properties.REAL_QUEUE_ID);
    if (topic == null || queue == null) {
      throw new IllegalArgumentException("it doesn't say where it belongs");
    }
    String id = question.get(Properties.UNIQ_KEY);
    MessageDraft shown =
        question
            .to(topic, Integer.parseInt(queue))
            .set(Half.CHECK_TIMES, Integer.toString(times))
            .draft();
    int size = (int) StoredMessage.sizeOf(shown);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    StoredMessage.encode(
        shown, bytes, 0, size, half.queueOffset(), half.logPosition(), half.storeTimestampMs());
    return RemotingCommand.request(
            RequestCode.CHECK_TRANSACTION_STATE,
            new TransactionHeaders.Check(
                SystemTopics.HALF,
                half.queueOffset(),
                half.logPosition(),
                id,
                id,
                ids.format(half.logPosition()),
                config.brokerName()))
        .body(bytes.array())
        .oneway();
  }
}
