import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** What Linux says of processes and of the machine. */
final class Proc {
  private static final double TICKS_PER_SECOND = 100; // what /proc counts in, on every usual Linux
  private static final int[] BUSY = {1, 2, 3, 6, 7, 8}; // user, nice, system, irq, softirq, steal

  private Proc() {}

  /** User and system time of a process, its threads and the children it has waited for. */
  static double cpuSeconds(long pid) {
    String stat = read("/proc/" + pid + "/stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int i = 11; i <= 14; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  static double cpuSeconds(Collection<Long> pids) {
    return pids.stream().mapToDouble(Proc::cpuSeconds).sum();
  }

  /** What all processors have worked. */
  static double machineSeconds() {
    String[] fields = read("/proc/stat").lines().findFirst().orElseThrow().split("\\s+");
    long ticks = 0;
    for (int i : BUSY) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Resident MiB without mapped files, over all processes. */
  static long anonymousMib(Collection<Long> pids) {
    long kib = 0;
    for (long pid : pids) {
      kib +=
          read("/proc/" + pid + "/status")
              .lines()
              .filter(line -> line.startsWith("RssAnon:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum();
    }
    return kib / 1024;
  }

  static long openFiles(long pid) {
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new IllegalStateException("process " + pid + " is gone", e);
    }
  }

  static long mappedRegions(long pid) {
    return read("/proc/" + pid + "/maps").lines().count();
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new IllegalStateException(file + " can't be read", e);
    }
  }
}
