import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Loads by an official client. */
final class ClientLoads {
  private ClientLoads() {}

  /** Threads that each wait for one answer before they send again. */
  static Load sync(Client.Sender sender, String topic, byte[] body, int threads) {
    return new Looping(sender, threads) {
      @Override
      void once() throws Exception {
        sender.sync(topic, body);
        count(1);
      }
    };
  }

  /** Threads that each wait for the answer to a batch. */
  static Load batch(Client.Sender sender, String topic, byte[] body, int threads, int messages) {
    return new Looping(sender, threads) {
      @Override
      void once() throws Exception {
        sender.batch(topic, body, messages);
        count(messages);
      }
    };
  }

  /** One thread that keeps a window of unanswered messages. */
  static Load async(Client.Sender sender, String topic, byte[] body, int window) {
    Semaphore free = new Semaphore(window);
    return new Looping(sender, 1) {
      @Override
      void once() throws Exception {
        free.acquire();
        sender.async(
            topic,
            body,
            failure -> {
              if (failure == null) {
                count(1);
              } else {
                failed(failure);
              }
              free.release();
            });
      }

      @Override
      void drain() throws InterruptedException {
        free.acquire(window);
      }
    };
  }

  /** Threads that do the same thing again and again. */
  private abstract static class Looping implements Load {
    private final Client.Sender sender;
    private final int threads;
    private final LongAdder messages = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicReference<String> firstFailure = new AtomicReference<>();
    private final Workers workers = new Workers();
    private volatile boolean stopping;

    Looping(Client.Sender sender, int threads) {
      this.sender = sender;
      this.threads = threads;
    }

    abstract void once() throws Exception;

    /** Waits for what has no answer yet. */
    void drain() throws InterruptedException {}

    final void count(int more) {
      messages.add(more);
    }

    final void failed(Throwable why) {
      failures.increment();
      firstFailure.compareAndSet(null, why.toString());
    }

    @Override
    public final void start() {
      for (int i = 0; i < threads; i++) {
        workers.add(
            () -> {
              while (!stopping) {
                try {
                  once();
                } catch (Exception e) {
                  failed(e);
                }
              }
            });
      }
    }

    @Override
    public final long messages() {
      return messages.sum();
    }

    @Override
    public final long failures() {
      return failures.sum();
    }

    @Override
    public final String firstFailure() {
      return firstFailure.get();
    }

    @Override
    public final void close() throws Exception {
      stopping = true;
      workers.join();
      drain();
      sender.close();
    }
  }
}
