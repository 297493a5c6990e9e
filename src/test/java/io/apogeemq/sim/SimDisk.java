package io.apogeemq.sim;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.io.DiskFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that forgets. What isn't forced may survive a loss of power or not, sector by
 * sector; names that weren't forced survive as a prefix of the operations on their directory. A killed
 * process loses nothing. A force that fails drops its sectors: they can still be read, but a later
 * force that succeeds does not write them (as Linux does). It can be full, so that a write puts what
 * fits, move less than it was asked to, take its time for a force, and change bits at rest. One thread.
 */
public final class SimDisk implements Disk {
  private static final int SECTOR = 512;

  private final Random random;
  private Map<Path, Inode> names = new HashMap<>();
  private final Map<Path, Inode> durableNames = new HashMap<>();
  private final List<NameChange> pending = new ArrayList<>();
  private final Set<Path> locks = new HashSet<>();
  private int epoch;
  private long operationsUntilPowerLoss = Long.MAX_VALUE;
  private boolean failNextForce;
  private boolean failNextWrite;
  private double usedRatio = 0.1;
  private long capacityBytes = Long.MAX_VALUE;
  private boolean shortTransfers;
  private @Nullable Runnable duringForce;
  private @Nullable Runnable duringRead;

  /** Thrown out of whatever the store does when the power goes. */
  public static final class PowerLoss extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PowerLoss() {
      super("power lost", null, false, false);
    }
  }

  private record NameChange(Path directory, Path name, Inode inode) {}

  private static final class Inode {
    byte[] content = new byte[0];
    byte[] durable = new byte[0];
    final BitSet dirty = new BitSet();

    /** Sectors that take room: those that were written. */
    final BitSet used = new BitSet();
  }

  public SimDisk(Random random) {
    this.random = random;
  }

  /** All processes die; the operating system lives on with everything that was written. */
  public void killProcess() {
    epoch++;
    locks.clear();
    operationsUntilPowerLoss = Long.MAX_VALUE;
    failNextForce = false;
    failNextWrite = false;
    duringForce = null;
    duringRead = null;
  }

  /** The machine stops: what was not forced is kept or lost by chance. */
  public void losePower() {
    killProcess();
    Set<Path> directories = new HashSet<>();
    pending.forEach(change -> directories.add(change.directory));
    for (Path directory : directories) {
      List<NameChange> changes =
          pending.stream().filter(change -> change.directory.equals(directory)).toList();
      int kept = random.nextInt(changes.size() + 1);
      changes.subList(0, kept).forEach(this::makeDurable);
    }
    pending.clear();
    names = new HashMap<>(durableNames);
    // In the order of the names: an order by identity would make a seed tell a new story each time.
    new LinkedHashSet<>(names.values()).forEach(this::forget);
  }

  private void forget(Inode inode) {
    boolean lengthChanged = inode.content.length != inode.durable.length;
    int length =
        lengthChanged && random.nextBoolean() ? inode.content.length : inode.durable.length;
    byte[] left = Arrays.copyOf(inode.durable, length);
    for (int sector = inode.dirty.nextSetBit(0);
        sector >= 0;
        sector = inode.dirty.nextSetBit(sector + 1)) {
      int from = sector * SECTOR;
      int to = Math.min(Math.min(from + SECTOR, length), inode.content.length);
      if (from < to && random.nextBoolean()) {
        System.arraycopy(inode.content, from, left, from, to - from);
      }
    }
    inode.dirty.clear();
    inode.content = left;
    inode.durable = left.clone();
  }

  /** Lets the power go in the middle of the n-th operation from now. */
  public void losePowerAfter(long operations) {
    operationsUntilPowerLoss = operations;
  }

  /** True from the loss of power until the machine is started again. */
  public boolean isDark() {
    return operationsUntilPowerLoss <= 0;
  }

  public void failNextForce() {
    failNextForce = true;
  }

  /** The next write puts a part of its bytes and fails, as on a broken disk. */
  public void failNextWrite() {
    failNextWrite = true;
  }

  /** Leaves so much room; writes that need more put what fits and fail. Files grow by what is written. */
  public void leaveRoom(long bytes) {
    capacityBytes = bytes == Long.MAX_VALUE ? bytes : usedBytes() + bytes;
  }

  private long usedBytes() {
    return SECTOR
        * names.values().stream().distinct().mapToLong(inode -> inode.used.cardinality()).sum();
  }

  /** From now on reads and writes may stop short of what was asked for, as the system's may. */
  public void shortTransfers() {
    shortTransfers = true;
  }

  private int transferred(int asked) {
    return shortTransfers && asked > 1 && random.nextInt(4) == 0
        ? 1 + random.nextInt(asked - 1)
        : asked;
  }

  /** What other threads do while the next force is under way; what they write it may miss. */
  public void duringNextForce(@Nullable Runnable others) {
    duringForce = others;
  }

  /** What other threads do while the next read is under way. */
  public void duringNextRead(Runnable others) {
    duringRead = others;
  }

  /** A bit at rest changes: no write, no error. */
  public void flipBit(Path file, long at, int bit) {
    Inode inode = Objects.requireNonNull(names.get(file));
    inode.content[(int) at] ^= (byte) (1 << bit);
    if (at < inode.durable.length) {
      inode.durable[(int) at] ^= (byte) (1 << bit);
    }
  }

  /** How full the disk says it is. */
  public void usedRatio(double ratio) {
    usedRatio = ratio;
  }

  private void operation() {
    if (operationsUntilPowerLoss != Long.MAX_VALUE && --operationsUntilPowerLoss <= 0) {
      throw new PowerLoss();
    }
  }

  private void change(Path name, Inode inode) {
    if (inode == null) {
      names.remove(name);
    } else {
      names.put(name, inode);
    }
    pending.add(new NameChange(name.getParent(), name, inode));
  }

  private void makeDurable(NameChange change) {
    if (change.inode == null) {
      durableNames.remove(change.name);
    } else {
      durableNames.put(change.name, change.inode);
    }
  }

  @Override
  public DiskFile open(Path file) {
    operation();
    Inode inode = names.get(file);
    if (inode == null) {
      inode = new Inode();
      change(file, inode);
    }
    return new SimFile(inode);
  }

  @Override
  public boolean exists(Path file) {
    return names.containsKey(file)
        || names.keySet().stream().anyMatch(name -> file.equals(name.getParent()));
  }

  @Override
  public long size(Path file) throws IOException {
    Inode inode = names.get(file);
    if (inode == null) {
      throw new NoSuchFileException(file.toString());
    }
    return inode.content.length;
  }

  @Override
  public List<String> list(Path directory) {
    return names.keySet().stream()
        .filter(name -> directory.equals(name.getParent()))
        .map(name -> name.getFileName().toString())
        .sorted()
        .toList();
  }

  @Override
  public void createDirectories(Path directory) {
    // Directories are there when something is in them.
  }

  @Override
  public void delete(Path file) {
    operation();
    if (names.containsKey(file)) {
      change(file, null);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    operation();
    Inode inode = names.get(from);
    if (inode == null) {
      throw new NoSuchFileException(from.toString());
    }
    // One operation: both names change or none. The order in the list keeps the new name first.
    change(to, inode);
    change(from, null);
  }

  @Override
  public void forceDirectory(Path directory) {
    operation();
    for (NameChange change : pending) {
      if (change.directory.equals(directory)) {
        makeDurable(change);
      }
    }
    pending.removeIf(change -> change.directory.equals(directory));
  }

  @Override
  public AutoCloseable lock(Path file) throws IOException {
    if (!locks.add(file)) {
      throw new IOException(file + " is locked");
    }
    return () -> locks.remove(file);
  }

  @Override
  public Space space(Path directory) {
    long total = 1L << 40;
    return new Space(total, (long) (total * (1 - usedRatio)));
  }

  private final class SimFile implements DiskFile {
    private final Inode inode;
    private final int openedIn = epoch;
    private boolean closed;

    SimFile(Inode inode) {
      this.inode = inode;
    }

    private void check() throws IOException {
      if (closed) {
        throw new ClosedChannelException();
      }
      if (openedIn != epoch) {
        throw new IOException("opened by a process that is dead");
      }
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      check();
      if (at >= inode.content.length) {
        return -1;
      }
      Runnable others = duringRead;
      duringRead = null;
      if (others != null) {
        others.run();
        check();
      }
      int count = transferred((int) Math.min(into.remaining(), inode.content.length - at));
      into.put(inode.content, (int) at, count);
      return count;
    }

    @Override
    public int writeSome(ByteBuffer from, long at) throws IOException {
      check();
      boolean powerGoes = operationsUntilPowerLoss == 1;
      int start = (int) at;
      int count = fitting(start, transferred(from.remaining()));
      if (count == 0 && from.hasRemaining()) {
        throw new DiskFull("No space left on device (simulated)");
      }
      if ((powerGoes || failNextWrite) && count > 0) {
        count = random.nextInt(count);
      }
      if (start + count > inode.content.length) {
        inode.content = Arrays.copyOf(inode.content, start + count);
      }
      from.get(inode.content, start, count);
      if (count > 0) {
        inode.dirty.set(start / SECTOR, (start + count - 1) / SECTOR + 1);
        inode.used.set(start / SECTOR, (start + count - 1) / SECTOR + 1);
      }
      operation();
      if (failNextWrite) {
        failNextWrite = false;
        throw new IOException("Input/output error (simulated)");
      }
      return count;
    }

    /** How many of the bytes there is room for. */
    private int fitting(int start, int count) {
      if (capacityBytes == Long.MAX_VALUE) {
        return count;
      }
      long free = (capacityBytes - usedBytes()) / SECTOR;
      for (int at = start; at < start + count; at = (at / SECTOR + 1) * SECTOR) {
        if (!inode.used.get(at / SECTOR) && free-- <= 0) {
          return at - start;
        }
      }
      return count;
    }

    @Override
    public void force() throws IOException {
      check();
      operation();
      if (failNextForce) {
        failNextForce = false;
        // The sectors count as clean from now on, and the disk hasn't got them.
        inode.dirty.clear();
        throw new IOException("Input/output error (simulated)");
      }
      // Whoever writes while the force is under way is not covered by it.
      byte[] content = inode.content.clone();
      BitSet forced = (BitSet) inode.dirty.clone();
      inode.dirty.clear();
      Runnable others = duringForce;
      duringForce = null;
      if (others != null) {
        others.run();
      }
      byte[] durable = Arrays.copyOf(inode.durable, content.length);
      for (int sector = forced.nextSetBit(0); sector >= 0; sector = forced.nextSetBit(sector + 1)) {
        int from = sector * SECTOR;
        int to = Math.min(from + SECTOR, durable.length);
        if (from < to) {
          System.arraycopy(content, from, durable, from, to - from);
        }
      }
      inode.durable = durable;
    }

    @Override
    public long size() throws IOException {
      check();
      return inode.content.length;
    }

    @Override
    public void setLength(long bytes) throws IOException {
      check();
      operation();
      int before = inode.content.length;
      inode.content = Arrays.copyOf(inode.content, (int) bytes);
      if (bytes < before) {
        // What was cut off must not come back from the disk when the file grows again.
        inode.dirty.set((int) bytes / SECTOR, (before + SECTOR - 1) / SECTOR);
        inode.used.clear(((int) bytes + SECTOR - 1) / SECTOR, before / SECTOR + 1);
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
