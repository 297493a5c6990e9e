import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One thing that brokers are measured with; a line of the suite has one or two. */
abstract class Case {
  static final int QUEUES = 8;
  static final double LEAD_SECONDS = 1.5; // load before a measurement counts

  final String name;

  Case(String name) {
    this.name = name;
  }

  /** Whether this broker can do it at all. */
  boolean fits(Target target) {
    return true;
  }

  abstract void prepare(Target target, Client client) throws Exception;

  abstract void warm(Target target, Client client, double seconds) throws Exception;

  /** The figures of one measurement. {@code all} are the known servers, for the sum of the others. */
  abstract Map<String, Object> measure(
      Target target, Client client, List<Target> all, double seconds) throws Exception;

  static byte[] body(int size) {
    byte[] body = new byte[size];
    Arrays.fill(body, (byte) 'x');
    return body;
  }

  /** Makes the load of a case for a broker. */
  interface LoadSource {
    Load of(Target target, Client client, String topic) throws Exception;
  }

  /** A load that goes on; what is counted lies within it. */
  static Case sustained(String name, boolean withKafka, LoadSource source) {
    String topic = "Bench" + Math.abs(name.hashCode());
    return new Case(name) {
      @Override
      boolean fits(Target target) {
        return withKafka || !target.isKafka();
      }

      @Override
      void prepare(Target target, Client client) throws Exception {
        client.createTopic(topic, QUEUES);
      }

      @Override
      void warm(Target target, Client client, double seconds) throws Exception {
        try (Load load = source.of(target, client, topic)) {
          load.start();
          pause(seconds);
        }
      }

      @Override
      Map<String, Object> measure(Target target, Client client, List<Target> all, double seconds)
          throws Exception {
        try (Load load = source.of(target, client, topic)) {
          load.start();
          pause(LEAD_SECONDS);
          long messages = load.messages();
          long failures = load.failures();
          Meter meter = new Meter(target, all);
          pause(seconds);
          return meter.stop(
              load.messages() - messages, load.failures() - failures, load.firstFailure());
        }
      }
    };
  }

  /** Single messages that carry one more property. */
  static List<Frames.Frame> frames(String topic, int size, String name, long value) {
    List<Frames.Frame> frames = new ArrayList<>();
    for (int queue = 0; queue < QUEUES; queue++) {
      String more = "\u0002" + name + "\u0001" + value;
      frames.add(Frames.send(Frames.Encoding.BINARY, topic, queue, body(size), more));
    }
    return frames;
  }

  static List<Frames.Frame> frames(String topic, int size, int batch) {
    List<Frames.Frame> frames = new ArrayList<>();
    byte[] body = batch == 1 ? body(size) : Frames.batchBody(body(size), batch);
    for (int queue = 0; queue < QUEUES; queue++) {
      frames.add(
          batch == 1
              ? Frames.send(Frames.Encoding.BINARY, topic, queue, body)
              : Frames.sendBatch(Frames.Encoding.BINARY, topic, queue, body, batch));
    }
    return frames;
  }

  static void pause(double seconds) throws InterruptedException {
    Thread.sleep((long) (seconds * 1000));
  }
}
