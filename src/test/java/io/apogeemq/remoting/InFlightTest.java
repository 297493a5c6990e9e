package io.apogeemq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Requests find their answers by their numbers, also where these wrap around. */
class InFlightTest {
  private static final int FIRST = Integer.MAX_VALUE - 500;

  private final InFlight inFlight = new InFlight((delayMs, task) -> {});

  private List<Future<RemotingCommand>> add(int count, long timeoutMs) {
    List<Future<RemotingCommand>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(inFlight.add(FIRST + i, 310, timeoutMs));
    }
    return all;
  }

  private void answer(int opaque) {
    inFlight.answered(RemotingCommand.response(0, opaque, RemotingCommand.request(0).form()));
  }

  @Test
  void eachAnswerIsGivenToItsRequest() {
    List<Future<RemotingCommand>> all = add(1_000, 1);
    for (int i = 999; i >= 0; i -= 2) {
      answer(FIRST + i);
    }
    answer(FIRST + 1); // nobody waits for it any more
    answer(FIRST + 2_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(all.get(i).succeeded()).isEqualTo(i % 2 == 1);
      assertThat(i % 2 == 0 || all.get(i).result().opaque() == FIRST + i).isTrue();
    }
  }

  @Test
  void whatHasWaitedTooLongFailsAndNothingElse() {
    List<Future<RemotingCommand>> late = add(3, 1_000);
    Future<RemotingCommand> other = inFlight.add(FIRST + 3, 310, 60_000);
    inFlight.expire(InFlight.nowMs() + 30_000);
    assertThat(late).allMatch(each -> each.cause() instanceof TimeoutException);
    assertThat(other.isComplete()).isFalse();
    inFlight.connectionLost();
    assertThat(other.failed()).isTrue();
    assertThat(inFlight.isEmpty()).isTrue();
  }
}
