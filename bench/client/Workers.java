import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Threads that are waited for together; what one of them throws comes out of {@link #join}. */
final class Workers {
  /** A body that may throw. */
  interface Body {
    void run() throws Exception;
  }

  private final List<FutureTask<Void>> tasks = new ArrayList<>();

  void add(Body body) {
    Callable<Void> call =
        () -> {
          body.run();
          return null;
        };
    FutureTask<Void> task = new FutureTask<>(call);
    tasks.add(task);
    new Thread(task, "worker-" + tasks.size()).start();
  }

  void join() throws InterruptedException, ExecutionException {
    for (FutureTask<Void> task : tasks) {
      task.get();
    }
  }
}
