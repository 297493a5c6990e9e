import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * {@code Fill BROKER GIB} stores batches of messages of 100 B, as fast as the broker takes them, until
 * its log reaches so many GiB, then a last message alone. Prints the log position, the number of
 * messages, and {@code LAST QUEUE-OFFSET} of the last one.
 */
public final class Fill {
  static final String TOPIC = "Restart";
  static final int QUEUE = 0;

  private static final int BATCH = 32;
  private static final int CONNECTIONS = 2;
  private static final int WINDOW = 512;

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    Target target = Target.of("fill,-," + args[0]);
    long end = (long) (Double.parseDouble(args[1]) * (1 << 30));
    try (RawCalls calls = new RawCalls(target.address())) {
      calls.createTopic(TOPIC, Case.QUEUES);
    }
    long from = System.nanoTime();
    RawSender sender =
        new RawSender(
            target.address(),
            Case.frames(TOPIC, 100, BATCH),
            CONNECTIONS,
            WINDOW,
            Long.MAX_VALUE);
    sender.start();
    long before = 0;
    for (int i = 1; sender.logPosition() < end; i++) {
      Case.pause(0.01);
      if (i % 1000 == 0) {
        if (sender.messages() == before) {
          throw new IllegalStateException("no progress: " + sender.firstFailure());
        }
        before = sender.messages();
      }
    }
    sender.close();
    double seconds = (System.nanoTime() - from) / 1e9;
    System.out.printf(
        "log at %.2f GiB after %,d messages in %.0f s, %,.0f/s, %d refused%n",
        sender.logPosition() / (double) (1 << 30), sender.messages(), seconds,
        sender.messages() / seconds, sender.failures());
    try (RawCalls calls = new RawCalls(target.address())) {
      byte[] last = "the last one".getBytes(StandardCharsets.US_ASCII);
      Answer stored = calls.call(Frames.send(Frames.Encoding.JSON, TOPIC, QUEUE, last));
      System.out.println("LAST " + stored.queueOffset());
    }
  }
}
