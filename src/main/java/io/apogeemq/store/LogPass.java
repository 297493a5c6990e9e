package io.apogeemq.store;

import io.apogeemq.protocol.message.MessageView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;

/**
 * One pass over the log's end before a store starts, for all who ask: rooms whose checkpoints lack
 * what the last records say, and who wants to see the newest ones. Each byte is read once, however
 * many ask. One use, on the thread that starts the broker.
 *
 * <p>Who asks from a record on sees from there exactly the records of the log. The tail begins
 * anywhere: where its first record begins has to be guessed, so it is never what an exact reader
 * starts with.
 */
public final class LogPass {
  private final MessageStore store;
  private final List<Reader> exact = new ArrayList<>();
  private final List<Reader> tails = new ArrayList<>();

  private record Reader(long from, ObjLongConsumer<MessageView> each) {}

  /**
   * @param store opened, not started
   */
  public LogPass(MessageStore store) {
    this.store = store;
  }

  /**
   * Asks for the records from a position on, at which one begins or the log ends. A position that is
   * deleted already stands for the first that is there.
   *
   * @param each as for {@link MessageStore#scan}; keeps nothing of the view
   */
  public void showFrom(long logPosition, ObjLongConsumer<MessageView> each) {
    exact.add(new Reader(Math.max(logPosition, store.status().minPosition()), each));
  }

  /** Asks for the newest records: at most so many bytes from the log's end. */
  public void showTail(long maxBytes, ObjLongConsumer<MessageView> each) {
    MessageStore.Status log = store.status();
    tails.add(new Reader(Math.max(log.minPosition(), log.appendedPosition() - maxBytes), each));
  }

  /**
   * Reads the log. Waits for the disk.
   *
   * @return how many bytes were read
   */
  public long run() throws IOException {
    long end = store.status().appendedPosition();
    long exactFrom = first(exact, end);
    long tailFrom = Math.min(first(tails, end), exactFrom);
    if (tailFrom < exactFrom) {
      store.scan(tailFrom, exactFrom, (record, ageMs) -> show(tails, record, ageMs));
    }
    if (exactFrom < end) {
      store.scan(
          exactFrom,
          end,
          (record, ageMs) -> {
            show(exact, record, ageMs);
            show(tails, record, ageMs);
          });
    }
    return end - tailFrom;
  }

  private static long first(List<Reader> readers, long end) {
    return readers.stream().mapToLong(Reader::from).min().orElse(end);
  }

  private static void show(List<Reader> readers, MessageView record, long ageMs) {
    for (Reader each : readers) {
      if (record.logPosition() >= each.from()) {
        each.each().accept(record, ageMs);
      }
    }
  }
}
