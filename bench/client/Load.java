import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * The load, by the official client: one process for all brokers, so that both see the same warm client.
 *
 * <p>{@code compare ROUNDS SECONDS WARM BACKLOG NAME,NAMESRV,BROKER,PID NAME,…} measures the first
 * broker against the second; {@code soak NAMESRV BROKER PID SECONDS} only loads one.
 */
public class Load {
  private static final int QUEUES = 8;
  private static final int ASYNC_WINDOW = 1000;
  private static final String GROUP = "bench-producer";

  /** Something that a broker is measured with. */
  private interface Test {
    Figures run(Target target) throws Exception;
  }

  /** What one measurement gave: messages, wall seconds, CPU seconds of the broker's process. */
  private record Figures(long messages, double seconds, double brokerCpu) {
    double perSecond() {
      return messages / seconds;
    }

    double cpuPerMillion() {
      return brokerCpu / messages * 1e6;
    }
  }

  /** A broker under load. */
  private record Target(String name, String namesrv, String broker, long pid) {
    static Target of(String text) {
      String[] parts = text.split(",");
      return new Target(parts[0], parts[1], parts[2], Long.parseLong(parts[3]));
    }
  }

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    try {
      run(args);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1); // the client's threads would keep the process alive
    }
    System.exit(0);
  }

  private static void run(String[] args) throws Exception {
    if (args[0].equals("soak")) {
      Target target = new Target("", args[1], args[2], Long.parseLong(args[3]));
      createTopic(target, "Soak");
      send(target, "Soak", 1024, 8, Double.parseDouble(args[4]));
    } else {
      compare(args);
    }
  }

  private static void compare(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[1]);
    double seconds = Double.parseDouble(args[2]);
    double warm = Double.parseDouble(args[3]);
    int backlog = Integer.parseInt(args[4]);
    List<Target> targets = List.of(Target.of(args[5]), Target.of(args[6]));

    Map<String, Test> tests = new LinkedHashMap<>();
    for (int size : new int[] {100, 1024}) {
      String bytes = size == 100 ? "100 B" : "1 KB";
      String topic = "Bench" + size;
      tests.put("sync, 1 thread, " + bytes, it -> send(it, topic, size, 1, seconds));
      tests.put("sync, 32 threads, " + bytes, it -> send(it, topic, size, 32, seconds));
      tests.put("async, window 1000, " + bytes, it -> sendAsync(it, topic, size, seconds));
    }
    for (int size : new int[] {100, 1024}) {
      String bytes = size == 100 ? "100 B" : "1 KB";
      tests.put("backlog, push, " + bytes, it -> consume(it, "Backlog" + size, backlog));
    }

    for (Target target : targets) {
      for (String topic : List.of("Warm", "Bench100", "Bench1024", "Backlog100", "Backlog1024")) {
        createTopic(target, topic);
      }
    }
    for (int part = 0; part < 2; part++) { // alternating, so that the client is warm for both
      for (Target target : targets) {
        say("warming %s, part %d", target.name(), part + 1);
        send(target, "Warm", 1024, 32, warm / 4);
        sendAsync(target, "Warm", 100, warm / 4);
      }
    }
    for (Target target : targets) {
      say("filling %s with %d messages of 100 B and of 1 KB", target.name(), backlog);
      fill(target, "Backlog100", 100, backlog);
      fill(target, "Backlog1024", 1024, backlog);
      // The way of a pull is as warm as that of a send: a reading is over in a second or so.
      long end = System.nanoTime() + (long) (warm / 2 * 1e9);
      do {
        consume(target, "Backlog100", backlog);
        consume(target, "Backlog1024", backlog);
      } while (System.nanoTime() < end);
    }

    Map<String, List<List<Figures>>> results = new LinkedHashMap<>();
    tests.keySet().forEach(test -> results.put(test, List.of(new ArrayList<>(), new ArrayList<>())));
    for (int round = 1; round <= rounds; round++) {
      for (Map.Entry<String, Test> test : tests.entrySet()) {
        for (int i = 0; i < 2; i++) {
          int which = (i + round) % 2; // each goes first in every other round
          Target target = targets.get(which);
          Figures figures = test.getValue().run(target);
          results.get(test.getKey()).get(which).add(figures);
          say(
              "round %d  %-26s %-14s %,10.0f msg/s  %8.2f broker CPU s per million",
              round, test.getKey(), target.name(), figures.perSecond(), figures.cpuPerMillion());
        }
      }
    }
    printTable(targets, results);
  }

  private static void printTable(
      List<Target> targets, Map<String, List<List<Figures>>> results) {
    String ours = targets.get(0).name();
    String theirs = targets.get(1).name();
    say("%nmedian (lowest to highest) of the rounds; a ratio above 1 is in favour of %s", ours);
    say(
        "%-26s | %-28s | %-28s | %-26s | %-26s | %-20s | %-20s",
        "", ours + " msg/s", theirs + " msg/s", ours + " CPU s/M", theirs + " CPU s/M",
        "ratio msg/s", "ratio msg/CPU s");
    results.forEach(
        (test, both) -> {
          List<Figures> a = both.get(0);
          List<Figures> b = both.get(1);
          double[] speed = new double[a.size()];
          double[] cpu = new double[a.size()];
          for (int i = 0; i < speed.length; i++) {
            speed[i] = a.get(i).perSecond() / b.get(i).perSecond();
            cpu[i] = b.get(i).cpuPerMillion() / a.get(i).cpuPerMillion();
          }
          say(
              "%-26s | %-28s | %-28s | %-26s | %-26s | %-20s | %-20s",
              test,
              spread("%,.0f", a.stream().mapToDouble(Figures::perSecond).toArray()),
              spread("%,.0f", b.stream().mapToDouble(Figures::perSecond).toArray()),
              spread("%.2f", a.stream().mapToDouble(Figures::cpuPerMillion).toArray()),
              spread("%.2f", b.stream().mapToDouble(Figures::cpuPerMillion).toArray()),
              spread("%.2f", speed),
              spread("%.2f", cpu));
        });
  }

  private static String spread(String format, double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    String all = format + " (" + format + " to " + format + ")";
    double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    return String.format(all, median, sorted[0], sorted[sorted.length - 1]);
  }

  private static void createTopic(Target target, String topic) throws Exception {
    DefaultMQAdminExt admin = new DefaultMQAdminExt(10_000);
    admin.setNamesrvAddr(target.namesrv());
    admin.setInstanceName("admin-" + System.nanoTime());
    admin.start();
    try {
      admin.createAndUpdateTopicConfig(target.broker(), new TopicConfig(topic, QUEUES, QUEUES, 6));
      for (int tries = 0; tries < 300; tries++) {
        try {
          admin.examineTopicRouteInfo(topic);
          return;
        } catch (Exception notYet) {
          Thread.sleep(50);
        }
      }
      throw new IllegalStateException("no route for " + topic + " at " + target.name());
    } finally {
      admin.shutdown();
    }
  }

  private static DefaultMQProducer producer(Target target) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer(GROUP);
    producer.setNamesrvAddr(target.namesrv());
    producer.setInstanceName("p-" + System.nanoTime());
    producer.setSendMsgTimeout(10_000);
    producer.setRetryTimesWhenSendFailed(0); // a failure is a failure, not a slower success
    producer.setRetryTimesWhenSendAsyncFailed(0);
    producer.start();
    return producer;
  }

  /** Threads that each wait for one answer before they send again. */
  private static Figures send(
      Target target, String topic, int size, int threads, double seconds) throws Exception {
    DefaultMQProducer producer = producer(target);
    byte[] body = body(size);
    producer.send(new Message(topic, body)); // route and connection
    AtomicLong sent = new AtomicLong();
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong failed = new AtomicLong();
    List<Thread> workers = new ArrayList<>();
    Clock clock = new Clock(target);
    for (int i = 0; i < threads; i++) {
      Thread worker =
          new Thread(
              () -> {
                while (!over.get()) {
                  try {
                    count(producer.send(new Message(topic, body)), sent, failed);
                  } catch (Exception e) {
                    failed.incrementAndGet();
                  }
                }
              });
      worker.start();
      workers.add(worker);
    }
    Thread.sleep((long) (seconds * 1000));
    over.set(true);
    for (Thread worker : workers) {
      worker.join();
    }
    Figures figures = clock.figures(sent.get());
    producer.shutdown();
    warnOf(failed, target);
    return figures;
  }

  /** One thread that keeps a window of unanswered messages. */
  private static Figures sendAsync(Target target, String topic, int size, double seconds)
      throws Exception {
    DefaultMQProducer producer = producer(target);
    byte[] body = body(size);
    producer.send(new Message(topic, body));
    Semaphore window = new Semaphore(ASYNC_WINDOW);
    AtomicLong sent = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    SendCallback done =
        new SendCallback() {
          @Override
          public void onSuccess(SendResult result) {
            count(result, sent, failed);
            window.release();
          }

          @Override
          public void onException(Throwable e) {
            failed.incrementAndGet();
            window.release();
          }
        };
    Clock clock = new Clock(target);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      window.acquire();
      producer.send(new Message(topic, body), done);
    }
    window.acquire(ASYNC_WINDOW);
    Figures figures = clock.figures(sent.get());
    producer.shutdown();
    warnOf(failed, target);
    return figures;
  }

  private static void count(SendResult result, AtomicLong sent, AtomicLong failed) {
    (result.getSendStatus() == SendStatus.SEND_OK ? sent : failed).incrementAndGet();
  }

  private static void warnOf(AtomicLong failed, Target target) {
    if (failed.get() > 0) {
      say("!! %d sends to %s failed in this measurement", failed.get(), target.name());
    }
  }

  /** Messages that wait to be read, spread over all queues. */
  private static void fill(Target target, String topic, int size, int count) throws Exception {
    DefaultMQProducer producer = producer(target);
    byte[] body = body(size);
    for (int done = 0; done < count; ) {
      int batch = Math.min(64, count - done);
      List<Message> messages = new ArrayList<>(batch);
      for (int i = 0; i < batch; i++) {
        messages.add(new Message(topic, body));
      }
      sendPatiently(producer, messages);
      done += batch;
    }
    producer.shutdown();
  }

  /** Filling is not measured, so a broker that calls itself busy is asked again. */
  private static void sendPatiently(DefaultMQProducer producer, List<Message> messages)
      throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        if (producer.send(messages).getSendStatus() == SendStatus.SEND_OK) {
          return;
        }
      } catch (MQBrokerException e) {
        if (tries == 50) {
          throw e;
        }
      }
      Thread.sleep(100);
    }
  }

  /** A new group reads the whole backlog; the clock runs from its first message to its last. */
  private static Figures consume(Target target, String topic, int count) throws Exception {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("bench-" + System.nanoTime());
    consumer.setNamesrvAddr(target.namesrv());
    consumer.setInstanceName("c-" + System.nanoTime());
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setConsumeMessageBatchMaxSize(32);
    consumer.subscribe(topic, "*");
    AtomicLong got = new AtomicLong();
    CountDownLatch all = new CountDownLatch(1);
    Clock[] clock = new Clock[1];
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              synchronized (clock) {
                if (clock[0] == null) {
                  clock[0] = new Clock(target);
                }
              }
              if (got.addAndGet(countOf(messages)) >= count) {
                all.countDown();
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    if (!all.await(180, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          target.name() + " delivered only " + got.get() + " of " + count + " of " + topic);
    }
    Figures figures = clock[0].figures(got.get());
    consumer.shutdown();
    return figures;
  }

  private static int countOf(List<MessageExt> messages) {
    return messages.size();
  }

  private static byte[] body(int size) {
    byte[] body = new byte[size];
    Arrays.fill(body, (byte) 'x');
    return body;
  }

  private static void say(String format, Object... values) {
    System.out.printf(format + "%n", values);
  }

  /** Wall time and the broker's CPU time since its making. */
  private static final class Clock {
    private static final double TICKS_PER_SECOND = 100; // what /proc counts in, on every usual Linux

    private final Target target;
    private final long fromNanos = System.nanoTime();
    private final double fromCpu;

    Clock(Target target) {
      this.target = target;
      this.fromCpu = cpuSeconds(target.pid());
    }

    Figures figures(long messages) {
      double seconds = (System.nanoTime() - fromNanos) / 1e9;
      return new Figures(messages, seconds, cpuSeconds(target.pid()) - fromCpu);
    }

    /** User and system time of a process and all its threads. */
    private static double cpuSeconds(long pid) {
      try {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
      } catch (IOException e) {
        throw new IllegalStateException("process " + pid + " is gone", e);
      }
    }
  }
}
