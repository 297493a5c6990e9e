package io.apogeemq.compat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A process that a test started: its lines of output, its standard input, and its end. Every process
 * that is still alive when the test JVM ends is killed then, whatever happened before. The lines are
 * kept in memory, all of them; a test that writes millions should not print each.
 */
final class ChildProcess implements AutoCloseable {
  private static final Set<ChildProcess> ALIVE = ConcurrentHashMap.newKeySet();
  private static final int REMEMBERED_DEAD = 6;
  private static final Deque<ChildProcess> LATELY_DEAD = new ArrayDeque<>();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> ALIVE.forEach(child -> child.process.destroyForcibly())));
  }

  private final String name;
  private final Process process;
  private final Writer input;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>(); // guarded by itself
  private boolean outputEnded; // guarded by lines

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    this.reader = new Thread(this::read, "output of " + name);
    reader.setDaemon(true);
    ALIVE.add(this);
    reader.start();
  }

  /** Starts a command; standard error joins standard output. */
  static ChildProcess start(
      String name, List<String> command, Path folder, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(ChildProcess::wouldDisturb);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    try {
      return new ChildProcess(name, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Variables of the caller's shell that would change what the process does. */
  private static boolean wouldDisturb(String variable) {
    return Set.of("NAMESRV_ADDR", "ROCKETMQ_HOME", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")
        .contains(variable);
  }

  private void read() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      synchronized (lines) {
        lines.add("(output lost: " + e.getMessage() + ")");
      }
    } finally {
      synchronized (lines) {
        outputEnded = true;
        lines.notifyAll();
      }
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** All lines so far. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** The lines so far that begin with this word and a blank, without them. */
  List<String> events(String word) {
    String prefix = word + " ";
    synchronized (lines) {
      return lines.stream()
          .filter(line -> line.startsWith(prefix))
          .map(line -> line.substring(prefix.length()))
          .toList();
    }
  }

  /** Writes one line to the process. */
  void say(String line) {
    try {
      input.write(line + "\n");
      input.flush();
    } catch (IOException e) {
      throw new AssertionError(name + " no longer listens\n" + tail(40), e);
    }
  }

  /** Closes the standard input of the process. */
  void endInput() {
    try {
      input.close();
    } catch (IOException e) {
      throw new AssertionError(name + " no longer listens\n" + tail(40), e);
    }
  }

  /** The first line that fits, past or to come. Fails with the output if none comes in time. */
  String awaitLine(Predicate<String> wanted, Duration patience) {
    return awaitLine(wanted, 0, patience);
  }

  /** The same from a line number on; {@link #lines()}'s size says where the output is now. */
  String awaitLine(Predicate<String> wanted, int from, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    int next = from;
    synchronized (lines) {
      while (true) {
        for (; next < lines.size(); next++) {
          if (wanted.test(lines.get(next))) {
            return lines.get(next);
          }
        }
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (outputEnded || leftMs <= 0) {
          throw new AssertionError(
              name + (outputEnded ? " ended" : " did not say it in " + patience) + "\n" + tail(60));
        }
        try {
          lines.wait(leftMs);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError("interrupted while waiting for " + name, e);
        }
      }
    }
  }

  /** Waits until so many lines fit, from the first line on. */
  void awaitCount(Predicate<String> wanted, int count, Duration patience) {
    AtomicInteger seen = new AtomicInteger();
    awaitLine(line -> wanted.test(line) && seen.incrementAndGet() == count, patience);
  }

  /** Waits for the process to end by itself and gives its exit code. */
  int awaitExit(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(name + " still runs after " + patience + "\n" + tail(60));
      }
      reader.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + name, e);
    }
    forget();
    return process.exitValue();
  }

  /** SIGKILL: no line of the process's own code runs any more. */
  void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(20));
  }

  /** SIGTERM, and SIGKILL if that takes longer than the patience. */
  void stop(Duration patience) {
    process.destroy();
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    awaitExit(Duration.ofSeconds(20));
  }

  private void forget() {
    if (ALIVE.remove(this)) {
      synchronized (LATELY_DEAD) {
        LATELY_DEAD.addLast(this);
        if (LATELY_DEAD.size() > REMEMBERED_DEAD) {
          LATELY_DEAD.removeFirst();
        }
      }
    }
  }

  /** The last lines of output under a heading. */
  String tail(int count) {
    List<String> all = lines();
    List<String> last = all.subList(Math.max(0, all.size() - count), all.size());
    return "---- " + name + (isAlive() ? "" : " (ended)") + "\n" + String.join("\n", last) + "\n";
  }

  /** The last lines of every process alive and of the latest dead, for a failure's report. */
  static String tails(int count) {
    List<ChildProcess> shown = new ArrayList<>(ALIVE);
    synchronized (LATELY_DEAD) {
      shown.addAll(LATELY_DEAD);
    }
    return shown.stream().map(child -> child.tail(count)).reduce("", String::concat);
  }

  /** Kills the process if it still runs. */
  @Override
  public void close() {
    if (isAlive()) {
      kill();
    } else {
      forget();
    }
  }

  /** A field of {@code /proc/PID/status} in bytes, e.g. {@code VmRSS}; −1 where there is no such. */
  long statusBytes(String field) {
    try (Stream<String> status = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
      return status
          .filter(line -> line.startsWith(field + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
