package io.apogeemq.broker.stats;

import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much goes in and out: sums since the start, averages over the last 10 s, minute and 10 minutes,
 * and per topic and group over the last minute, hour and day.
 *
 * <p>Counting may happen on any thread and costs a few uncontended additions. {@link #tick} takes a
 * sample of the sums once a second, on one thread; readers see the samples of the last tick.
 */
public final class Rates implements TopicTable.Listener {
  /** What is counted for the broker as a whole. */
  public enum Sum {
    PUT_MESSAGES,
    PUT_BYTES,
    /** Messages given to consumers. */
    GOT_MESSAGES,
    GOT_BYTES,
    /** Pulls that found messages. */
    FOUND,
    /** Pulls that found nothing. */
    MISSED,
    /** Sends that were refused or failed. */
    PUT_FAILED,
    /** Sends that were recognised as retries and answered with their first result. */
    PUT_RETRIED
  }

  private static final int SUMS = Sum.values().length;

  /** Averages of the broker: over 10 s, 1 min and 10 min. */
  private static final int[] WINDOWS_SECONDS = {10, 60, 600};

  /** Samples are a second apart; one more than the longest window, because a window has two ends. */
  private static final int SECONDS_KEPT = 601;

  private static final int SECONDS_PER_SHORT_SAMPLE = 10;

  private static final ConcurrentHashMap<String, Tally> NOTHING = new ConcurrentHashMap<>();

  private final LongSupplier clockMs;
  private final ZoneId zone;
  private final LongAdder[] sums = new LongAdder[SUMS];
  private final ConcurrentHashMap<String, Tally> topics = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, ConcurrentHashMap<String, Tally>> groups =
      new ConcurrentHashMap<>();

  /** What groups handed back, by the topic that it came from. */
  private final ConcurrentHashMap<String, ConcurrentHashMap<String, Tally>> backs =
      new ConcurrentHashMap<>();

  private final PutTimes putTimes = new PutTimes();
  private final RecentTimes getTimes = new RecentTimes();
  private final long[][] seconds = new long[SECONDS_KEPT][];
  private long ticks;
  private @Nullable LocalDate today;
  private volatile Figures figures;

  /**
   * The broker's figures as of the last tick.
   *
   * @param totals since the start
   * @param atMidnight totals when today began, or at the start
   * @param atMidnightBefore totals when yesterday began, or at the start
   * @param perSecond averages of each sum over 10 s, 1 min and 10 min
   */
  public record Figures(
      Map<Sum, Long> totals,
      Map<Sum, Long> atMidnight,
      Map<Sum, Long> atMidnightBefore,
      Map<Sum, double[]> perSecond) {}

  /** Messages and bytes of one topic, or of one group in one topic. */
  public static final class Tally {
    private static final int MINUTE_SAMPLES = 7; // 10 s apart
    private static final int HOUR_SAMPLES = 7; // 10 min apart
    private static final int DAY_SAMPLES = 25; // 1 h apart

    private final LongAdder messages = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Ring minute = new Ring(MINUTE_SAMPLES);
    private final Ring hour = new Ring(HOUR_SAMPLES);
    private final Ring day = new Ring(DAY_SAMPLES);

    private Tally(long nowMs) {
      minute.add(nowMs, 0, 0);
      hour.add(nowMs, 0, 0);
      day.add(nowMs, 0, 0);
    }

    private void count(int n, long size) {
      messages.add(n);
      bytes.add(size);
    }

    private void sample(long nowMs, boolean alsoHour, boolean alsoDay) {
      minute.add(nowMs, messages.sum(), bytes.sum());
      if (alsoHour) {
        hour.add(nowMs, messages.sum(), bytes.sum());
      }
      if (alsoDay) {
        day.add(nowMs, messages.sum(), bytes.sum());
      }
    }

    /** Of about the last minute, between the samples taken. */
    public Window minute() {
      return minute.window();
    }

    /** Of about the last hour. */
    public Window hour() {
      return hour.window();
    }

    /** Of about the last day. */
    public Window day() {
      return day.window();
    }
  }

  /**
   * What was counted between the oldest and the newest sample kept.
   *
   * @param samples how many samples lie between
   */
  public record Window(long messages, long bytes, long durationMs, int samples) {
    public double messagesPerSecond() {
      return durationMs == 0 ? 0 : messages * 1000.0 / durationMs;
    }

    public double bytesPerSecond() {
      return durationMs == 0 ? 0 : bytes * 1000.0 / durationMs;
    }
  }

  /** The last few samples of a tally; the newest overwrites the oldest. */
  private static final class Ring {
    private final long[] times;
    private final long[] messages;
    private final long[] bytes;
    private int taken;

    Ring(int size) {
      times = new long[size];
      messages = new long[size];
      bytes = new long[size];
    }

    synchronized void add(long nowMs, long messageSum, long byteSum) {
      int at = taken % times.length;
      times[at] = nowMs;
      messages[at] = messageSum;
      bytes[at] = byteSum;
      taken++;
    }

    synchronized Window window() {
      int newest = (taken - 1) % times.length;
      int oldest = taken <= times.length ? 0 : taken % times.length;
      return new Window(
          messages[newest] - messages[oldest],
          bytes[newest] - bytes[oldest],
          times[newest] - times[oldest],
          Math.min(taken, times.length) - 1);
    }
  }

  /** {@code zone}: where midnight is. */
  public Rates(LongSupplier clockMs, ZoneId zone) {
    this.clockMs = clockMs;
    this.zone = zone;
    for (int i = 0; i < SUMS; i++) {
      sums[i] = new LongAdder();
    }
    Map<Sum, Long> zero = totals(new long[SUMS]);
    figures = new Figures(zero, zero, zero, averages());
  }

  /** Counts stored messages. */
  public void putMessages(String topic, int messages, long bytes) {
    add(Sum.PUT_MESSAGES, messages);
    add(Sum.PUT_BYTES, bytes);
    tally(topics, topic).count(messages, bytes);
  }

  /** Counts how long a store took, from the request to the store's answer. */
  public void putTook(long nanos) {
    putTimes.took(nanos);
  }

  public PutTimes putTimes() {
    return putTimes;
  }

  /** Counts how long it took to read what a pull or pop is answered with, without waiting for it to come. */
  public void getTook(long nanos) {
    getTimes.took(nanos);
  }

  public RecentTimes getTimes() {
    return getTimes;
  }

  /** Counts a send that stored nothing. */
  public void putFailed() {
    add(Sum.PUT_FAILED, 1);
  }

  /** Counts a send that was a retry of a stored one. */
  public void putRetried() {
    add(Sum.PUT_RETRIED, 1);
  }

  /** Counts a pull that found messages. */
  public void gotMessages(String group, String topic, int messages, long bytes) {
    add(Sum.FOUND, 1);
    add(Sum.GOT_MESSAGES, messages);
    add(Sum.GOT_BYTES, bytes);
    ConcurrentHashMap<String, Tally> ofTopic = groups.get(topic);
    if (ofTopic == null) {
      ofTopic = groups.computeIfAbsent(topic, name -> new ConcurrentHashMap<>());
    }
    tally(ofTopic, group).count(messages, bytes);
  }

  /** Counts a message that a group handed back. */
  public void sentBack(String group, String topic) {
    tally(backs.computeIfAbsent(topic, name -> new ConcurrentHashMap<>()), group).count(1, 0);
  }

  /** Counts a pull that found nothing. */
  public void gotNothing() {
    add(Sum.MISSED, 1);
  }

  /** What was put into a topic, or null if nothing ever was. */
  public @Nullable Tally putInto(String topic) {
    return topics.get(topic);
  }

  /** What a group got from a topic, or null if nothing ever. */
  public @Nullable Tally gotFrom(String topic, String group) {
    Map<String, Tally> ofTopic = groups.get(topic);
    return ofTopic == null ? null : ofTopic.get(group);
  }

  /** Messages that all groups together got from a topic in a second, over the last minute. */
  double gotPerSecond(String topic) {
    double sum = 0;
    for (Tally each : groups.getOrDefault(topic, NOTHING).values()) {
      sum += each.minute().messagesPerSecond();
    }
    return sum;
  }

  /** What a group handed back of a topic, or null if nothing ever. */
  public @Nullable Tally sentBackOf(String topic, String group) {
    Map<String, Tally> ofTopic = backs.get(topic);
    return ofTopic == null ? null : ofTopic.get(group);
  }

  public Figures figures() {
    return figures;
  }

  /** A sum since the start, as of now. */
  public long sum(Sum sum) {
    return sums[sum.ordinal()].sum();
  }

  /** Nothing to do: a tally begins with the first message. */
  @Override
  public void topicPut(TopicConfig topic) {}

  /** Forgets what was counted for the topic. */
  @Override
  public void topicDeleted(String topic) {
    topics.remove(topic);
    groups.remove(topic);
    backs.remove(topic);
  }

  /** Takes a sample. Once a second. */
  @RunsOn(ThreadRole.UPKEEP)
  public void tick() {
    long now = clockMs.getAsLong();
    putTimes.recent().tick();
    getTimes.tick();
    long[] sample = new long[SUMS];
    for (int i = 0; i < SUMS; i++) {
      sample[i] = sums[i].sum();
    }
    Map<Sum, Long> totals = totals(sample);
    LocalDate date = LocalDate.ofInstant(Instant.ofEpochMilli(now), zone);
    Figures before = figures;
    boolean newDay = today != null && !date.equals(today);
    today = date;
    seconds[(int) (ticks % SECONDS_KEPT)] = sample;
    ticks++;
    figures =
        new Figures(
            totals,
            newDay ? before.totals() : before.atMidnight(),
            newDay ? before.atMidnight() : before.atMidnightBefore(),
            averages());
    if (ticks % SECONDS_PER_SHORT_SAMPLE == 0) {
      boolean hour = ticks % 600 == 0;
      boolean day = ticks % 3600 == 0;
      Consumer<Tally> sampled = each -> each.sample(now, hour, day);
      topics.values().forEach(sampled);
      groups.values().forEach(ofTopic -> ofTopic.values().forEach(sampled));
      backs.values().forEach(ofTopic -> ofTopic.values().forEach(sampled));
    }
  }

  private Map<Sum, double[]> averages() {
    Map<Sum, double[]> averages = new EnumMap<>(Sum.class);
    for (Sum each : Sum.values()) {
      double[] perWindow = new double[WINDOWS_SECONDS.length];
      for (int i = 0; i < perWindow.length; i++) {
        perWindow[i] = average(each, WINDOWS_SECONDS[i]);
      }
      averages.put(each, perWindow);
    }
    return averages;
  }

  /** Over the window, or over the time since the start if that is shorter. */
  private double average(Sum sum, int windowSeconds) {
    if (ticks < 2) {
      return 0;
    }
    long newest = ticks - 1;
    long oldest = Math.max(0, newest - windowSeconds);
    long[] last = seconds[(int) (newest % SECONDS_KEPT)];
    long[] first = seconds[(int) (oldest % SECONDS_KEPT)];
    return (last[sum.ordinal()] - first[sum.ordinal()]) / (double) (newest - oldest);
  }

  private static Map<Sum, Long> totals(long[] sample) {
    Map<Sum, Long> totals = new EnumMap<>(Sum.class);
    for (Sum each : Sum.values()) {
      totals.put(each, sample[each.ordinal()]);
    }
    return totals;
  }

  private void add(Sum sum, long n) {
    sums[sum.ordinal()].add(n);
  }

  private Tally tally(ConcurrentHashMap<String, Tally> of, String name) {
    Tally tally = of.get(name); // without the lock that computeIfAbsent may take
    return tally != null ? tally : of.computeIfAbsent(name, key -> new Tally(clockMs.getAsLong()));
  }
}
