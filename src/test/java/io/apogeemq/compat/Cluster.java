package io.apogeemq.compat;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A name server and its brokers, known to each other when a test gets them. {@link #shared} gives
 * the same running cluster to every test that asks, so tests use topics and groups of their own and
 * leave the servers alone; a test that kills or configures starts its own with {@link #start}.
 */
public final class Cluster implements AutoCloseable {
  private static final Map<Shape, Cluster> SHARED = new EnumMap<>(Shape.class);

  private final Server namesrv;
  private final List<Server> brokers;

  private Cluster(Server namesrv, List<Server> brokers) {
    this.namesrv = namesrv;
    this.brokers = brokers;
  }

  /** The cluster of this shape that all tests share; ends with the test JVM. */
  public static synchronized Cluster shared(Shape shape) {
    if (SHARED.isEmpty()) {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> SHARED.values().forEach(Cluster::close)));
    }
    return requireNonNull(SHARED.computeIfAbsent(shape, it -> start(it, Map.of())));
  }

  /** A cluster of the vendor under test, with further broker settings. */
  static Cluster start(Shape shape, Map<String, String> settings) {
    Vendor vendor = Vendor.underTest();
    if (shape == Shape.ALL_IN_ONE && vendor == Vendor.APOGEE) {
      Server node = Server.allInOne(Server.Launch.USUAL, settings);
      return new Cluster(node, List.of(node)).awaitRegistered();
    }
    return start(vendor, vendor, shape == Shape.TWO_BROKERS ? 2 : 1, settings);
  }

  /** A name server of one vendor and brokers (broker-a, broker-b, …) of another. */
  static Cluster start(
      Vendor namesrvVendor, Vendor brokerVendor, int brokerCount, Map<String, String> settings) {
    Cluster cluster = new Cluster(Server.namesrv(namesrvVendor), new ArrayList<>());
    try {
      for (int i = 0; i < brokerCount; i++) {
        String name = "broker-" + (char) ('a' + i);
        cluster.brokers.add(
            Server.broker(brokerVendor, name, cluster.namesrv.namesrvAddr(), settings));
      }
      return cluster.awaitRegistered();
    } catch (AssertionError | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /**
   * One name server and one broker of the vendor under test, which finds these files. Settings of TLS
   * are for both.
   */
  static Cluster start(Map<String, String> settings, Map<String, String> files) {
    Vendor vendor = Vendor.underTest();
    Map<String, String> tls = new HashMap<>(settings);
    tls.keySet().removeIf(key -> !key.startsWith("tls."));
    Cluster cluster = new Cluster(Server.namesrv(vendor, tls), new ArrayList<>());
    try {
      cluster.brokers.add(
          Server.broker(vendor, "broker-a", cluster.namesrvAddr(), settings, files));
      return cluster.awaitRegistered();
    } catch (AssertionError | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private Cluster awaitRegistered() {
    brokers.forEach(broker -> awaitRegistered(namesrv, broker));
    return this;
  }

  /** Apache's brokers say that they have started before a name server knows them. */
  static void awaitRegistered(Server namesrv, Server broker) {
    Awaitility.await("registration of " + broker)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              try (RawClient asking = namesrv.connectToNames()) {
                String answer = asking.ask(RawFrame.json(106)).bodyText();
                return answer.contains(broker.brokerAddr());
              }
            });
  }

  Server namesrv() {
    return namesrv;
  }

  public String namesrvAddr() {
    return namesrv.namesrvAddr();
  }

  /** The first broker, {@code broker-a}. */
  Server broker() {
    return brokers.get(0);
  }

  List<Server> brokers() {
    return brokers;
  }

  /** Ends all processes; brokers first, so that none complains of a lost name server. */
  @Override
  public void close() {
    brokers.forEach(Server::close);
    namesrv.close();
  }
}
