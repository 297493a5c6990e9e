package io.apogeemq.remoting;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One turn of an event loop: the sockets that were ready, then the tasks that wait. What costs a
 * system call is done once at its end instead of once per message: flushing a socket, waking the
 * thread that messages were handed to.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class LoopTurn {
  private static final Logger LOG = LoggerFactory.getLogger(LoopTurn.class);

  private static final FastThreadLocal<LoopTurn> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected LoopTurn initialValue() {
          return new LoopTurn();
        }
      };

  private final List<Runnable> left = new ArrayList<>();
  private boolean ending;

  private LoopTurn() {}

  /**
   * Leaves a task to the end of this turn. On the loop's own thread; whoever leaves one must see to it
   * that it is left once per turn.
   *
   * @param loop the loop whose turn it is: runs a task behind those that wait already
   */
  static void atEnd(Executor loop, Runnable task) {
    LoopTurn turn = OF_THREAD.get();
    if (!turn.ending) {
      loop.execute(turn::end);
      turn.ending = true;
    }
    turn.left.add(task);
  }

  /** Whatever a task throws, those behind it run, and the next turn has its end. */
  private void end() {
    assert OF_THREAD.get() == this : "the end of a turn on another thread";
    try {
      for (int i = 0; i < left.size(); i++) { // a task may leave another one
        try {
          left.get(i).run();
        } catch (RuntimeException | Error e) {
          LOG.error("a task at the end of a turn failed", e);
        }
      }
    } finally {
      left.clear();
      ending = false;
    }
  }
}
