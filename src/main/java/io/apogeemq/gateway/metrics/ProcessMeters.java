package io.apogeemq.gateway.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmCompilationMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmHeapPressureMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyEventExecutorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * The meters of this process: Vert.x's of its event loops and worker pools, Micrometer's of the JVM, and
 * whatever registers here. One for a process; safe for any thread.
 *
 * <p>What would cost something for each message is off: sockets, the HTTP server, the event bus. What the
 * gateway serves it counts itself ({@link Metrics}).
 */
public final class ProcessMeters {
  private static final EnumSet<MetricsDomain> COUNTED = EnumSet.of(MetricsDomain.NAMED_POOLS);

  /** None of them is closed: they live as long as the process. */
  private static final List<Supplier<MeterBinder>> JVM =
      List.of(
          JvmInfoMetrics::new,
          JvmMemoryMetrics::new,
          JvmGcMetrics::new,
          JvmHeapPressureMetrics::new,
          JvmThreadMetrics::new,
          JvmCompilationMetrics::new,
          ClassLoaderMetrics::new,
          ProcessorMetrics::new,
          FileDescriptorMetrics::new,
          UptimeMetrics::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Queue<Supplier<MeterBinder>> late = new ConcurrentLinkedQueue<>(JVM);

  /** Makes a Vert.x instance that counts here; all else is as in the options. */
  public Vertx vertx(VertxOptions options) {
    Vertx made =
        Vertx.builder()
            .with(options.setMetricsOptions(counting()))
            .withMetrics(new MicrometerMetricsFactory(registry))
            .build();
    late.add(() -> new NettyEventExecutorMetrics(((VertxInternal) made).eventLoopGroup()));
    return made;
  }

  private static MicrometerMetricsOptions counting() {
    MicrometerMetricsOptions all = new MicrometerMetricsOptions();
    EnumSet.complementOf(COUNTED).forEach(all::addDisabledMetricsCategory);
    all.setLabels(EnumSet.of(Label.POOL_TYPE, Label.POOL_NAME))
        // Vert.x keeps registries by name, and one that is there already would take the place of
        // ours.
        .setRegistryName(UUID.randomUUID().toString())
        .setEnabled(true);
    return all;
  }

  /**
   * Meters that only look at something are bound by the first scrape: those of the JVM load the management
   * classes of the JDK, and a process that nobody scrapes starts sooner without. What they count
   * themselves, such as pauses for garbage, counts from then on.
   */
  private void bindLate() {
    for (Supplier<MeterBinder> each = late.poll(); each != null; each = late.poll()) {
      each.get().bindTo(registry);
    }
  }

  /** Where meters of this process are registered. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Writes all of them in Prometheus' text format. Takes milliseconds, so not on an event loop. */
  void write(OutputStream to) throws IOException {
    bindLate();
    registry.scrape(to);
  }
}
