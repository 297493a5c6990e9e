package io.apogeemq.remoting;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Runs tasks on one event loop, and flushes each socket that a task wrote to once, when the task is
 * over. A write that is flushed alone costs a system call; a batch of answers must not.
 *
 * <p>Any thread may execute; the tasks run in order.
 */
public final class LoopExecutor implements Executor {
  /** The sockets that the task now running on this loop wrote to; null while none runs. */
  private static final FastThreadLocal<List<FrameChannel>> WRITTEN = new FastThreadLocal<>();

  private final Context context;

  /** Tasks run on this context's event loop. */
  public LoopExecutor(Context context) {
    this.context = context;
  }

  @Override
  public void execute(Runnable task) {
    context.runOnContext(ignored -> runAndFlush(task));
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private static void runAndFlush(Runnable task) {
    List<FrameChannel> written = new ArrayList<>();
    WRITTEN.set(written);
    try {
      task.run();
    } finally {
      WRITTEN.remove();
      for (FrameChannel each : written) {
        each.flush();
      }
    }
  }

  /** Takes over the flush of a socket if a task is running on this thread. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  static boolean flushLater(FrameChannel socket) {
    List<FrameChannel> written = WRITTEN.get();
    return written != null && written.add(socket);
  }
}
