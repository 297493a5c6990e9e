import java.util.concurrent.Semaphore;

/** Loads by an official client. */
final class ClientLoads {
  private ClientLoads() {}

  /** Threads that each wait for one answer before they send again. */
  static Load sync(Client.Sender sender, String topic, byte[] body, int threads) {
    return new Looping(sender, threads) {
      @Override
      void once() throws Exception {
        sender.sync(topic, body);
        acknowledged(1);
      }
    };
  }

  /** Threads that each wait for the answer to a batch. */
  static Load batch(Client.Sender sender, String topic, byte[] body, int threads, int messages) {
    return new Looping(sender, threads) {
      @Override
      void once() throws Exception {
        sender.batch(topic, body, messages);
        acknowledged(messages);
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
                acknowledged(1);
              } else {
                failed(1, failure.toString());
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
  private abstract static class Looping extends CountedLoad {
    private final Client.Sender sender;
    private final int threads;
    private final Workers workers = new Workers();

    Looping(Client.Sender sender, int threads) {
      this.sender = sender;
      this.threads = threads;
    }

    abstract void once() throws Exception;

    /** Waits for what has no answer yet. */
    void drain() throws InterruptedException {}

    @Override
    public final void start() {
      for (int i = 0; i < threads; i++) {
        workers.add(
            () -> {
              while (!isStopping()) {
                try {
                  once();
                } catch (Exception e) {
                  failed(1, e.toString());
                }
              }
            });
      }
    }

    @Override
    final void finish() throws Exception {
      workers.join();
      drain();
      sender.close();
    }
  }
}
