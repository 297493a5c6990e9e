import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A client that waits for its broker to come back. {@code Probe BROKER} says READY, tries every few ms
 * to store a message in a queue of {@link Fill} and, on the same connection, to read the queue's
 * oldest message, the last one from before and its own; says {@code FIRST MILLISECONDS-SINCE-1970
 * QUEUE-OFFSET} when all four were answered well.
 */
public final class Probe {
  private static final int EVERY_MS = 5;
  private static final int GIVE_UP_MS = 900_000;

  public static void main(String[] args) throws InterruptedException {
    Target target = Target.of("probe,-," + args[0]);
    Frames.Frame send =
        Frames.send(Frames.Encoding.JSON, Fill.TOPIC, Fill.QUEUE, "back again".getBytes(StandardCharsets.US_ASCII));
    String why = attempt(target, send); // loads the classes of the way to a refused connection
    System.out.println("READY");
    long end = System.currentTimeMillis() + GIVE_UP_MS;
    while (why != null) {
      if (System.currentTimeMillis() > end) {
        System.err.println(why);
        System.exit(1);
      }
      Thread.sleep(EVERY_MS);
      why = attempt(target, send);
    }
  }

  /** Null after success. */
  private static String attempt(Target target, Frames.Frame send) {
    try (RawCalls calls = new RawCalls(target.address())) {
      Answer stored = calls.call(send);
      long own = stored.queueOffset();
      if (own < 0) {
        return "send: " + stored.header();
      }
      for (long at : new long[] {0, own - 1, own}) {
        Answer pulled = calls.pull(Fill.TOPIC, Fill.QUEUE, at);
        for (int i = 0; at == own && pulled.code != 0 && i < 2000; i++) { // indexed after the answer
          Thread.sleep(1);
          pulled = calls.pull(Fill.TOPIC, Fill.QUEUE, at);
        }
        if (pulled.code != 0 || pulled.bodyLength() == 0) {
          return "pull of " + at + ": " + pulled.header();
        }
      }
      System.out.println("FIRST " + System.currentTimeMillis() + " " + own);
      return null;
    } catch (IOException | InterruptedException e) {
      return e.toString();
    }
  }
}
