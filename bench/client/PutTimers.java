import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * {@code PutTimers TARGET COUNT} stores so many timer messages of 100 B that are due at random from an
 * hour on within a year, as fast as the broker takes them, and says the rate.
 */
public final class PutTimers {
  private static final String TOPIC = "PutTimers";
  private static final long HOUR_SECONDS = 3600;
  private static final long YEAR_SECONDS = 364L * 24 * HOUR_SECONDS;
  private static final int DELAYS = 8192; // as many different ones
  private static final int CONNECTIONS = 2;
  private static final int WINDOW = 256;

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    Target target = Target.of(args[0]);
    long count = Long.parseLong(args[1]);
    try (RawCalls calls = new RawCalls(target.address())) {
      calls.createTopic(TOPIC, Case.QUEUES);
    }
    RawSender sender =
        new RawSender(target.address(), timers(), CONNECTIONS, WINDOW, count);
    long from = System.nanoTime();
    sender.start();
    sender.await();
    double seconds = (System.nanoTime() - from) / 1e9;
    System.out.printf(
        "%s: %,d timers in %.1f s, %,.0f/s, %d refused%n",
        target.name(), sender.messages(), seconds, sender.messages() / seconds, sender.failures());
    if (sender.failures() > 0 || sender.messages() < count) {
      throw new IllegalStateException("not all were taken: " + sender.firstFailure());
    }
  }

  private static List<Frames.Frame> timers() {
    Random random = new Random(1);
    byte[] body = Case.body(100);
    List<Frames.Frame> timers = new ArrayList<>();
    for (int i = 0; i < DELAYS; i++) {
      long seconds = HOUR_SECONDS + (long) (random.nextDouble() * (YEAR_SECONDS - HOUR_SECONDS));
      String more = "\u0002TIMER_DELAY_SEC\u0001" + seconds;
      timers.add(Frames.send(Frames.Encoding.BINARY, TOPIC, i % Case.QUEUES, body, more));
    }
    return timers;
  }
}
