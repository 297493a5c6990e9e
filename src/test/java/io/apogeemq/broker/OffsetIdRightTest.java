package io.apogeemq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.header.QueryHeaders;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetIdRightTest {
  @TempDir Path root;

  /** The request names a log position only, so any account could read any message by counting. */
  @Test
  void aMessageByItsOffsetIdNeedsTheRightToItsTopic() throws Exception {
    try (TestBroker broker = TestBroker.open(root)) {
      String own = broker.send("Own", "mine", null).msgId();
      String other = broker.send("Other", "not mine", null).msgId();
      Dispatcher guarded = new Dispatcher(broker.families(), from -> new ConsumerOf("Own"));
      Reply found = view(broker, guarded, own);
      assertThat(found.code()).isZero();
      found.body().release();
      assertThatThrownBy(() -> view(broker, guarded, other))
          .rootCause()
          .isInstanceOf(Refused.class)
          .hasMessage("not Other");
    }
  }

  private static Reply view(TestBroker broker, Dispatcher dispatcher, String id) {
    RemotingCommand request =
        RemotingCommand.request(
            RequestCode.VIEW_MESSAGE_BY_ID,
            new QueryHeaders.ById(MessageId.parse(id).logPosition()));
    return TestBroker.await(
        dispatcher.answer(new Exchange(broker.connection("127.0.0.1"), request)));
  }

  /** May consume from one topic and nothing else. */
  private record ConsumerOf(String topic) implements Caller {
    @Override
    public void mayAdminister() {
      throw new Refused(1, "no administrator");
    }

    @Override
    public void mayPublish(String asked) {
      throw new Refused(1, "not " + asked);
    }

    @Override
    public void mayConsume(String asked) {
      if (!asked.equals(topic)) {
        throw new Refused(1, "not " + asked);
      }
    }

    @Override
    public void mayUse(String asked) {
      mayConsume(asked);
    }

    @Override
    public void mayJoin(String group) {
      throw new Refused(1, "not " + group);
    }
  }
}
