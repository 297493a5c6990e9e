package io.apogeemq.client;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a push consumer's offsets are kept: at the brokers, or, of a broadcast, by itself. */
@RunsOn(ThreadRole.EVENT_LOOP)
interface OffsetKeeper {
  Future<OptionalLong> load(MessageQueue queue);

  /** Completes when it is kept. */
  Future<Void> save(MessageQueue queue, long offset);

  /** The same for an offset that a later one replaces. */
  void saveSoon(MessageQueue queue, long offset);

  /** Whether pulls may bring offsets along. */
  boolean isAtBroker();

  /** At the brokers, for the whole group. */
  static OffsetKeeper atBroker(PullConsumer puller) {
    return new OffsetKeeper() {
      @Override
      public Future<OptionalLong> load(MessageQueue queue) {
        return puller.continuation(queue);
      }

      @Override
      public Future<Void> save(MessageQueue queue, long offset) {
        return puller.commit(queue, offset);
      }

      @Override
      public void saveSoon(MessageQueue queue, long offset) {
        puller.commitSoon(queue, offset);
      }

      @Override
      public boolean isAtBroker() {
        return true;
      }
    };
  }

  /** By this member alone. */
  final class Own implements OffsetKeeper {
    private static final Logger log = LoggerFactory.getLogger(OffsetKeeper.class);

    private final @Nullable OffsetStore store;
    private final Loop loop;
    private final Map<MessageQueue, Long> offsets = new HashMap<>();

    /** Read at first use. */
    private @Nullable Future<Void> loaded;

    private boolean writing;
    private @Nullable Promise<Void> next;

    /**
     * @param store null: in memory only
     */
    Own(@Nullable OffsetStore store, Loop loop) {
      this.store = store;
      this.loop = loop;
    }

    @Override
    public Future<OptionalLong> load(MessageQueue queue) {
      Future<Void> known = loaded;
      if (known == null) {
        known =
            store == null
                ? Future.succeededFuture()
                : loop.here(Loop.attempt(store::load))
                    .map(
                        all -> {
                          offsets.putAll(all);
                          return null;
                        });
        loaded = known;
        known.onFailure(ignored -> loaded = null);
      }
      return known.map(
          ignored -> {
            Long offset = offsets.get(queue);
            return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
          });
    }

    @Override
    public Future<Void> save(MessageQueue queue, long offset) {
      offsets.put(queue, offset);
      return write();
    }

    @Override
    public void saveSoon(MessageQueue queue, long offset) {
      save(queue, offset).onFailure(e -> log.warn("offsets of a broadcast were not saved", e));
    }

    /** One save at a time; whoever comes meanwhile waits for one more, which is for all of them. */
    private Future<Void> write() {
      if (store == null) {
        return Future.succeededFuture();
      }
      if (writing) {
        Promise<Void> waiting = next;
        if (waiting == null) {
          waiting = Promise.promise();
          next = waiting;
        }
        return waiting.future();
      }
      writing = true;
      return loop.here(Loop.attempt(() -> store.save(Map.copyOf(offsets))))
          .onComplete(
              ignored -> {
                writing = false;
                Promise<Void> waiting = next;
                if (waiting != null) {
                  next = null;
                  write().onComplete(waiting);
                }
              });
    }

    @Override
    public boolean isAtBroker() {
      return false;
    }
  }
}
