import static java.util.concurrent.TimeUnit.SECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's own client, as a reference: it sends many messages together where the others send each. */
final class KafkaClient implements Client {
  private static final Duration POLL = Duration.ofMillis(100);

  private final String broker;

  KafkaClient(Target target) {
    broker = target.broker();
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", broker);
    return properties;
  }

  @Override
  public void createTopic(String topic, int queues) throws Exception {
    try (Admin admin = Admin.create(properties())) {
      admin.createTopics(List.of(new NewTopic(topic, queues, (short) 1))).all().get(60, SECONDS);
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      for (int queue = 0; queue < queues; queue++) {
        ends.put(new TopicPartition(topic, queue), OffsetSpec.latest());
      }
      for (int tries = 0; ; tries++) {
        try {
          admin.listOffsets(ends).all().get(60, SECONDS); // answered when every partition is led
          return;
        } catch (ExecutionException notYet) {
          if (tries == 300) {
            throw notYet;
          }
          Thread.sleep(100);
        }
      }
    }
  }

  @Override
  public void fill(String topic, int queues, byte[] body, long count) {
    try (KafkaProducer<byte[], byte[]> producer = producer(5)) {
      for (long i = 0; i < count; i++) {
        producer.send(new ProducerRecord<>(topic, (int) (i % queues), null, body));
      }
    }
  }

  private KafkaProducer<byte[], byte[]> producer(int lingerMs) {
    Properties properties = properties();
    properties.put("linger.ms", lingerMs);
    properties.put("retries", 0);
    properties.put("enable.idempotence", false); // it would demand retries
    properties.put("acks", "all");
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Sender sender(int lingerMs) {
    KafkaProducer<byte[], byte[]> producer = producer(lingerMs);
    return new Sender() {
      @Override
      public void sync(String topic, byte[] body) throws Exception {
        producer.send(new ProducerRecord<>(topic, body)).get();
      }

      @Override
      public void async(String topic, byte[] body, Consumer<Throwable> done) {
        producer.send(new ProducerRecord<>(topic, body), (where, failure) -> done.accept(failure));
      }

      @Override
      public void batch(String topic, byte[] body, int count) throws Exception {
        List<Future<?>> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          answers.add(producer.send(new ProducerRecord<>(topic, body)));
        }
        for (Future<?> answer : answers) {
          answer.get();
        }
      }

      @Override
      public void close() {
        producer.close();
      }
    };
  }

  private KafkaConsumer<byte[], byte[]> consumer(String group) {
    Properties properties = properties();
    if (group != null) {
      properties.put("group.id", group);
    }
    properties.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public AutoCloseable subscribe(String topic, Consumer<byte[]> sink) {
    AtomicBoolean stopping = new AtomicBoolean();
    Workers workers = new Workers();
    workers.add(
        () -> {
          try (KafkaConsumer<byte[], byte[]> consumer = consumer("bench-" + System.nanoTime())) {
            consumer.subscribe(List.of(topic));
            while (!stopping.get()) {
              for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                sink.accept(message.value());
              }
            }
          }
        });
    return () -> {
      stopping.set(true);
      workers.join();
    };
  }

  @Override
  public void pull(String topic, int threads, long count, Consumer<byte[]> sink) throws Exception {
    AtomicLong left = new AtomicLong(count);
    Workers workers = new Workers();
    for (int i = 0; i < threads; i++) {
      int mine = i;
      workers.add(
          () -> {
            try (KafkaConsumer<byte[], byte[]> consumer = consumer(null)) {
              List<TopicPartition> partitions =
                  consumer.partitionsFor(topic).stream()
                      .filter(it -> it.partition() % threads == mine)
                      .map(it -> new TopicPartition(topic, it.partition()))
                      .toList();
              consumer.assign(partitions);
              consumer.seekToBeginning(partitions);
              Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
              while (partitions.stream().anyMatch(it -> consumer.position(it) < end.get(it))) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                  sink.accept(message.value());
                  left.decrementAndGet();
                }
              }
            }
          });
    }
    workers.join();
    if (left.get() > 0) {
      throw new IllegalStateException(left + " of " + count + " messages were not found");
    }
  }

  @Override
  public void close() {}
}
