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

  private LoopTurn() {}

  /**
   * Leaves a task to the end of this turn. On the loop; whoever leaves one must see to it that it is
   * left once per turn.
   *
   * @param loop the loop whose turn it is: runs a task behind those that wait already
   */
  static void atEnd(Executor loop, Runnable task) {
    LoopTurn turn = OF_THREAD.get();
    turn.left.add(task);
    if (turn.left.size() == 1) {
      loop.execute(turn::end);
    }
  }

  private void end() {
    for (int i = 0; i < left.size(); i++) { // a task may leave another one
      try {
        left.get(i).run();
      } catch (RuntimeException e) {
        LOG.error("a task at the end of a turn failed", e);
      }
    }
    left.clear();
  }
}
