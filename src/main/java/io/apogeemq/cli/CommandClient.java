package io.apogeemq.cli;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.ToolsFile;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.net.ConnectException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The client of a command: a small Vert.x with one event loop, and a main thread that waits for
 * answers. Failures come out as {@link CommandFailed}.
 */
@RunsOn(ThreadRole.CALLER)
public final class CommandClient implements AutoCloseable {
  private static final long CLOSE_MS = 10_000;

  /** Every request has a time-out of its own; this only ends a wait that would be our mistake. */
  private static final long MAX_WAIT_MS = 120_000;

  private final Vertx vertx;
  private final ApogeeClient client;
  private final String nameServers;

  /**
   * @param nameServers {@code host:port}, several separated by {@code ;}
   */
  public CommandClient(String nameServers) {
    this.nameServers = nameServers;
    // Names are resolved by the system, files by the JDK: neither of Vert.x's own needs to start.
    System.setProperty("vertx.disableDnsResolver", "true");
    ClientOptions config;
    try {
      config = ClientOptions.of(nameServers).setCredentials(ToolsFile.ofThisInstallation());
    } catch (IllegalArgumentException | ConfigRejected e) {
      throw new CommandFailed(e.getMessage());
    }
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    try {
      client = ApogeeClient.create(vertx, config);
    } catch (IllegalArgumentException e) { // settings of TLS
      vertx.close();
      throw new CommandFailed(e.getMessage());
    }
  }

  public ApogeeClient client() {
    return client;
  }

  /** Waits for an answer. */
  public <T> T await(Future<T> answer) {
    return await(answer, nameServers);
  }

  private static <T> T await(Future<T> answer, String nameServers) {
    try {
      return answer
          .toCompletionStage()
          .toCompletableFuture()
          .get(MAX_WAIT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause(), nameServers);
    } catch (TimeoutException e) {
      throw new CommandFailed("no answer within " + MAX_WAIT_MS / 1000 + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted");
    }
  }

  /** The one line for a failure. */
  static CommandFailed failed(Throwable cause, String nameServers) {
    if (cause instanceof CommandFailed failed) {
      return failed;
    }
    if (cause instanceof RequestRefused) {
      return new CommandFailed(cause.getMessage());
    }
    if (cause instanceof ConnectException) {
      return new CommandFailed(
          "can't connect: " + cause.getMessage() + " (name server: " + nameServers + ")");
    }
    return new CommandFailed(cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }

  /** Leaves all groups and stops; failures of that are no failure of the command. */
  @Override
  public void close() {
    try {
      client
          .close()
          .transform(ignored -> vertx.close())
          .toCompletionStage()
          .toCompletableFuture()
          .get(CLOSE_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      System.err.println("the client did not stop cleanly: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
