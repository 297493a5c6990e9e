import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What {@link ManyTopics} does, with Kafka's own client: {@code ManyKafkaTopics TARGET TOPICS QUEUES ROUNDS
 * SECONDS WARM}. That client gathers messages per partition, so with many partitions it sends more
 * and smaller batches; a reference, not a like for like.
 */
public final class ManyKafkaTopics {
  private static final int SIZE = 1024;
  private static final int TOPICS_A_REQUEST = 50;
  private static final double LEAD_SECONDS = 2;

  private final Target target;
  private final Properties properties = new Properties();

  /** One for all loads: it learns each topic's leader when it first sends there. */
  private final KafkaProducer<byte[], byte[]> producer;

  private ManyKafkaTopics(Target target) {
    this.target = target;
    properties.put("bootstrap.servers", target.broker());
    properties.put("linger.ms", 5);
    properties.put("enable.idempotence", false);
    properties.put("acks", "all");
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    new ManyKafkaTopics(Target.of(args[0]))
        .run(
            Integer.parseInt(args[1]),
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Double.parseDouble(args[4]),
            Double.parseDouble(args[5]));
  }

  private void run(int topics, int queues, int rounds, double seconds, double warm)
      throws Exception {
    create(List.of("One-0"), Case.QUEUES);
    ManyTopics.say(target, "before", 0);
    List<TopicPartition> one = partitions("One", 1, Case.QUEUES);
    load(one, warm);
    ManyTopics.say(target, "after warming with one topic", 0);
    long from = System.nanoTime();
    List<String> names = new ArrayList<>();
    for (int topic = 0; topic < topics; topic++) {
      names.add("Many-" + topic);
    }
    for (int at = 0; at < topics; at += TOPICS_A_REQUEST) {
      create(names.subList(at, Math.min(topics, at + TOPICS_A_REQUEST)), queues);
    }
    ManyTopics.say(
        target, String.format("%,d topics of %d queues created", topics, queues), from);
    List<TopicPartition> all = partitions("Many", topics, queues);
    from = System.nanoTime();
    firstMessages(all);
    ManyTopics.say(target, "one message in each queue, acknowledged", from);
    load(all, warm);
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      double single = round % 2 == 0 ? load(one, seconds) : 0;
      double many = load(all, seconds);
      single = round % 2 == 0 ? single : load(one, seconds);
      ratios[round] = many / single;
      System.out.printf(
          "%s round %d: one topic %,.0f msg/s, %,d topics %,.0f msg/s, ratio %.3f%n",
          target.name(), round + 1, single, topics, many, ratios[round]);
    }
    Arrays.sort(ratios);
    System.out.printf(
        "%s: ratio %.3f (%.3f-%.3f)%n",
        target.name(), ratios[rounds / 2], ratios[0], ratios[rounds - 1]);
    ManyTopics.say(target, "after the load", 0);
    producer.close();
  }

  private void create(List<String> names, int queues) throws Exception {
    try (Admin admin = Admin.create(properties)) {
      admin
          .createTopics(names.stream().map(it -> new NewTopic(it, queues, (short) 1)).toList())
          .all()
          .get(120, SECONDS);
    }
  }

  private static List<TopicPartition> partitions(String prefix, int topics, int queues) {
    List<TopicPartition> all = new ArrayList<>();
    for (int i = 0; i < topics * queues; i++) {
      all.add(new TopicPartition(prefix + "-" + i / queues, i % queues));
    }
    return all;
  }

  private void firstMessages(List<TopicPartition> all) throws Exception {
    AtomicReference<Exception> failure = new AtomicReference<>();
    for (TopicPartition at : all) {
      producer.send(
          new ProducerRecord<>(at.topic(), at.partition(), null, Case.body(100)),
          (where, failed) -> failure.compareAndSet(null, failed));
    }
    producer.flush();
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  /** Acknowledged messages a second, sent to the partitions in turn. */
  private double load(List<TopicPartition> partitions, double seconds) {
    AtomicLong acknowledged = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    byte[] body = Case.body(SIZE);
    long start = System.nanoTime();
    long counting = start + (long) (LEAD_SECONDS * 1e9);
    long end = counting + (long) (seconds * 1e9);
    long before = 0;
    boolean leading = true;
    long now = start;
    for (int i = 0; now < end; i++) {
      TopicPartition at = partitions.get(i % partitions.size());
      producer.send( // waits while the client's memory is full
          new ProducerRecord<>(at.topic(), at.partition(), null, body),
          (where, failure) -> (failure == null ? acknowledged : failed).incrementAndGet());
      now = System.nanoTime();
      if (leading && now >= counting) {
        leading = false;
        counting = now;
        before = acknowledged.get();
      }
    }
    double rate = (acknowledged.get() - before) / ((now - counting) / 1e9);
    producer.flush();
    if (failed.get() > 0) {
      System.out.printf("%s: %d refused%n", target.name(), failed.get());
    }
    return rate;
  }
}
