package io.apogeemq.app;

import io.apogeemq.gateway.metrics.ProcessMeters;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** Makes the one Vert.x instance of the process. */
final class Runtimes {
  /** Blocking work is rare here: saving tables, registering. Disk waits have threads of their own. */
  private static final int WORKERS = 4;

  private Runtimes() {}

  /**
   * @param eventLoops threads that serve sockets
   */
  static Vertx vertx(int eventLoops) {
    return Vertx.vertx(options(eventLoops));
  }

  /**
   * The same with a gateway, which tells what is counted.
   *
   * @param meters where it counts
   */
  static Vertx vertx(int eventLoops, ProcessMeters meters) {
    return meters.vertx(options(eventLoops));
  }

  private static VertxOptions options(int eventLoops) {
    // The JDK's resolver reads the host's own files and needs no sockets of its own.
    System.setProperty("vertx.disableDnsResolver", "true");
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(eventLoops)
        .setWorkerPoolSize(WORKERS)
        .setInternalBlockingPoolSize(WORKERS)
        // Nothing is served from the class path, so there is nothing to unpack into a folder.
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }
}
