package io.apogeemq.broker.arrival;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ParkedRequestsTest {
  private static final QueueName Q0 = new QueueName("T", 0);
  private static final QueueName Q1 = new QueueName("T", 1);

  private long nowMs = 1000;
  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final ParkedRequests parked = new ParkedRequests(loop::add, () -> nowMs);
  private final ArrivalFan fan = new ArrivalFan();
  private final List<String> ran = new ArrayList<>();

  private final class Request implements ParkedRequests.Waiting {
    private final String name;
    private final QueueName queue;
    private boolean ready;
    private boolean abandoned;

    Request(String name, QueueName queue) {
      this.name = name;
      this.queue = queue;
      fanOnce();
    }

    @Override
    public QueueName queue() {
      return queue;
    }

    @Override
    public long deadlineMs() {
      return 2000;
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
      ran.add(name + (deadlineReached ? " at its deadline" : ""));
    }
  }

  private boolean fanned;

  private void fanOnce() {
    if (!fanned) {
      fanned = true;
      fan.add(parked);
    }
  }

  private void runLoop() {
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      task.run();
    }
  }

  @Test
  void onlyTheRequestsOfTheQueueThatMovedAreRun() {
    parked.park(new Request("a", Q0));
    parked.park(new Request("b", Q1));
    fan.queueMoved("T", 1, 7);
    fan.batchEnded();
    runLoop();
    assertThat(ran).containsExactly("b");
    assertThat(parked.size()).isEqualTo(1);
  }

  @Test
  void aBatchThatMovesManyQueuesWakesTheLoopOnce() {
    parked.park(new Request("a", Q0));
    parked.park(new Request("b", Q1));
    fan.queueMoved("T", 0, 7);
    fan.queueMoved("T", 1, 7);
    fan.batchEnded();
    assertThat(loop).hasSize(1);
    runLoop();
    assertThat(ran).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void anArrivalThatNobodyWaitsForWakesNobody() {
    fanOnce();
    fan.queueMoved("T", 0, 7);
    fan.batchEnded();
    assertThat(loop).isEmpty();
  }

  @Test
  void anArrivalBetweenReadingAndParkingIsNotMissed() {
    Request late = new Request("late", Q0);
    late.ready = true; // the queue moved after the request had read it
    parked.park(late);
    runLoop();
    assertThat(ran).containsExactly("late");
  }

  @Test
  void aRequestThatNobodyWaitsForAnyMoreIsNotKept() {
    Request left = new Request("left", Q0);
    parked.park(left);
    parked.park(new Request("stays", Q0));
    left.abandoned = true;
    parked.tick();
    assertThat(parked.size()).isEqualTo(1);
  }

  @Test
  void aRequestIsRunOnceAtItsDeadlineAndIsGone() {
    parked.park(new Request("a", Q0));
    nowMs = 1999;
    parked.tick();
    assertThat(ran).isEmpty();
    nowMs = 2000;
    parked.tick();
    parked.tick();
    assertThat(ran).containsExactly("a at its deadline");
    assertThat(parked.size()).isZero();
  }
}
