package io.apogeemq.broker.pop;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.arrival.QueueName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class PopWaitersTest {
  private static final QueueKey ANY = new QueueKey("T", "G", -1);

  private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();
  private long now = 1000;
  private final PopWaiters waiters = new PopWaiters(loop::add, () -> now, 4, 3);

  /** A request that says when it is run, and does not wait again. */
  private final class Asking implements PopWaiters.Waiting {
    final String name;
    final QueueKey key;
    boolean takes = true;
    boolean ready;
    boolean abandoned;
    long againMs = Long.MAX_VALUE;

    Asking(String name, QueueKey key) {
      this.name = name;
      this.key = key;
    }

    @Override
    public QueueKey key() {
      return key;
    }

    @Override
    public Collection<String> moreTopics() {
      return List.of("%RETRY%G_T");
    }

    @Override
    public boolean takes() {
      return takes;
    }

    @Override
    public long deadlineMs() {
      return 2000;
    }

    @Override
    public long againMs() {
      return againMs;
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public boolean isAbandoned() {
      return abandoned;
    }

    @Override
    public void run(boolean deadlineReached) {
      ran.add(name + (deadlineReached ? " at its end" : ""));
    }
  }

  private Asking park(String name, QueueKey key) {
    Asking asking = new Asking(name, key);
    assertThat(waiters.park(asking)).isTrue();
    return asking;
  }

  private void arrival(String topic, int queueId) {
    waiters.queueMoved(new QueueName(topic, queueId));
    waiters.wakeIfMoved();
    turn();
  }

  private void turn() {
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      task.run();
    }
  }

  @Test
  void aMessageWakesTheOneThatHasWaitedLongest() {
    park("first", ANY);
    park("second", ANY);
    arrival("T", 3);
    assertThat(ran).containsExactly("first");
    waiters.wakeNext(ANY);
    assertThat(ran).containsExactly("first", "second");
    assertThat(waiters.size()).isZero();
  }

  @Test
  void whoWaitsForAQueueHearsOfNoOther() {
    park("of 1", new QueueKey("T", "G", 1));
    arrival("T", 2);
    arrival("Other", 1);
    assertThat(ran).isEmpty();
    arrival("T", 1);
    assertThat(ran).containsExactly("of 1");
  }

  @Test
  void whatComesBackIsHeardByThoseOfAQueueToo() {
    park("of 1", new QueueKey("T", "G", 1));
    arrival("%RETRY%G_T", 0);
    assertThat(ran).containsExactly("of 1");
  }

  @Test
  void aGroupsOwnNewsWakeNoOtherGroup() {
    park("G", ANY);
    park("H", new QueueKey("T", "H", -1));
    waiters.wake("T", "H");
    turn();
    assertThat(ran).containsExactly("H");
  }

  @Test
  void notificationsAreToldTogetherAndTakeNothingFromPops() {
    park("told", ANY).takes = true;
    Asking one = new Asking("one", ANY);
    Asking other = new Asking("other", ANY);
    one.takes = false;
    other.takes = false;
    waiters.park(one);
    waiters.park(other);
    arrival("T", 0);
    assertThat(ran).containsExactlyInAnyOrder("told", "one", "other");
  }

  @Test
  void whoIsReadyBeforeItSleepsIsRunAtOnce() {
    Asking asking = new Asking("ready", ANY);
    asking.ready = true;
    waiters.park(asking);
    turn();
    assertThat(ran).containsExactly("ready");
  }

  @Test
  void aDeadlineAnAbandonedOneAndALaterTryAreSeenByTheTick() {
    park("patient", ANY);
    park("again", ANY).againMs = 1500;
    park("gone", ANY).abandoned = true;
    waiters.tick();
    assertThat(ran).containsExactly("gone at its end");
    now = 1500;
    waiters.tick();
    assertThat(ran).containsExactly("gone at its end", "again");
    now = 2000;
    waiters.tick();
    assertThat(ran).containsExactly("gone at its end", "again", "patient at its end");
    assertThat(waiters.size()).isZero();
  }

  @Test
  void noMoreThanTheBoundsWait() {
    park("1", ANY);
    park("2", ANY);
    park("3", ANY);
    assertThat(waiters.park(new Asking("4", ANY))).as("in one room").isFalse();
    assertThat(waiters.waiting(ANY)).isEqualTo(3);
    park("4", new QueueKey("T", "H", -1));
    assertThat(waiters.park(new Asking("5", new QueueKey("T", "I", -1)))).as("in all").isFalse();
  }
}
