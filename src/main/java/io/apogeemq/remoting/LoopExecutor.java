package io.apogeemq.remoting;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Context;
import java.util.concurrent.Executor;

/** Runs tasks on one event loop, in order. Any thread may execute. */
public final class LoopExecutor implements Executor {
  private final Context context;

  /** Tasks run on this context's event loop. */
  public LoopExecutor(Context context) {
    this.context = context;
  }

  @Override
  public void execute(Runnable task) {
    context.runOnContext(ignored -> task.run());
  }

  /**
   * Runs a task behind everything that the loop is about to do in this turn. On the loop; once per
   * turn ({@link LoopTurn}).
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void atEndOfTurn(Runnable task) {
    LoopTurn.atEnd(this, task);
  }
}
