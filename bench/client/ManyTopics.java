import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * {@code ManyTopics TARGET TOPICS QUEUES ROUNDS SECONDS WARM}: creates the topics, stores one message in
 * every queue, waits until it can be read, and says what the server holds then. With ROUNDS above 0
 * it then measures raw sends of 1 KB to one topic and to all of them in turn.
 */
public final class ManyTopics {
  private static final int CONNECTIONS = 2;
  private static final int WINDOW = 256;
  private static final int FIRST_WINDOW = 64;
  private static final int SIZE = 1024;
  private static final int SAMPLES = 1000;
  private static final double LEAD_SECONDS = 2;
  private static final long SET_UP_SECONDS = 600; // the most that the first messages may take

  private final Target target;
  private final int topics;
  private final int queues;

  private ManyTopics(Target target, int topics, int queues) {
    this.target = target;
    this.topics = topics;
    this.queues = queues;
  }

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    new ManyTopics(Target.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]))
        .run(Integer.parseInt(args[3]), Double.parseDouble(args[4]), Double.parseDouble(args[5]));
  }

  private void run(int rounds, double seconds, double warm) throws Exception {
    List<Frames.Frame> one = frames("One", 1, Case.QUEUES, SIZE);
    try (RawCalls calls = new RawCalls(target.address())) {
      calls.createTopic("One-0", Case.QUEUES);
      say("before", 0);
      if (rounds > 0) {
        load(one, warm);
        say("after warming with one topic", 0);
      }
      long from = System.nanoTime();
      for (int topic = 0; topic < topics; topic++) {
        calls.createTopic(name("Many", topic), queues);
      }
      say(String.format("%,d topics of %d queues created", topics, queues), from);
      from = System.nanoTime();
      firstMessages(calls);
      say("one message in each queue, readable", from);
    }
    if (rounds == 0) {
      return;
    }
    List<Frames.Frame> all = new ArrayList<>(frames("Many", topics, queues, SIZE));
    load(all, warm);
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      double single;
      double many;
      if (round % 2 == 0) {
        single = load(one, seconds);
        many = load(all, seconds);
      } else {
        many = load(all, seconds);
        single = load(one, seconds);
      }
      ratios[round] = many / single;
      System.out.printf(
          "%s round %d: one topic %,.0f msg/s, %,d topics %,.0f msg/s, ratio %.3f%n",
          target.name(), round + 1, single, topics, many, ratios[round]);
    }
    Arrays.sort(ratios);
    System.out.printf(
        "%s: ratio %.3f (%.3f-%.3f)%n",
        target.name(), ratios[rounds / 2], ratios[0], ratios[rounds - 1]);
    say("after the load", 0);
  }

  private static String name(String prefix, int topic) {
    return prefix + "-" + topic;
  }

  /** Every queue of every topic, made when asked for. */
  private static List<Frames.Frame> frames(String prefix, int topics, int queues, int size) {
    byte[] body = Case.body(size);
    return new AbstractList<>() {
      @Override
      public Frames.Frame get(int index) {
        String topic = name(prefix, index / queues);
        return Frames.send(Frames.Encoding.BINARY, topic, index % queues, body);
      }

      @Override
      public int size() {
        return topics * queues;
      }
    };
  }

  private void firstMessages(RawCalls calls) throws Exception {
    int count = topics * queues;
    RawSender sender =
        new RawSender(
            target.address(), frames("Many", topics, queues, 100), 1, FIRST_WINDOW, count);
    sender.start();
    sender.await();
    if (sender.messages() != count || sender.failures() > 0) {
      throw new IllegalStateException(
          sender.messages() + " of " + count + " stored, " + sender.firstFailure());
    }
    long end = System.nanoTime() + SET_UP_SECONDS * 1_000_000_000L;
    Random random = new Random(topics);
    for (int i = 0; i <= SAMPLES; i++) {
      int index = i == 0 ? count - 1 : random.nextInt(count); // the last one becomes readable last
      while (calls.pull(name("Many", index / queues), index % queues, 0).code != 0) {
        if (System.nanoTime() > end) {
          System.out.printf("%s: not all messages readable after %d s%n", target.name(), SET_UP_SECONDS);
          return;
        }
        Case.pause(0.05);
      }
    }
  }

  private double load(List<Frames.Frame> frames, double seconds) throws Exception {
    try (RawSender sender =
        new RawSender(target.address(), frames, CONNECTIONS, WINDOW, Long.MAX_VALUE)) {
      sender.start();
      Case.pause(LEAD_SECONDS);
      long messages = sender.messages();
      long from = System.nanoTime();
      Case.pause(seconds);
      double rate = (sender.messages() - messages) / ((System.nanoTime() - from) / 1e9);
      if (sender.failures() > 0) {
        System.out.printf("%s: %d refused, %s%n", target.name(), sender.failures(), sender.firstFailure());
      }
      return rate;
    }
  }

  private void say(String what, long from) {
    say(target, what, from);
  }

  /** What the server holds now. */
  static void say(Target target, String what, long from) {
    System.out.printf(
        "%s, %s%s: %,d open files, %,d mapped regions, %,d MiB anonymous%n",
        target.name(),
        what,
        from == 0 ? "" : String.format(" in %.1f s", (System.nanoTime() - from) / 1e9),
        Proc.openFiles(target.pid()),
        Proc.mappedRegions(target.pid()),
        Proc.anonymousMib(List.of(target.pid())));
  }
}
