package io.apogeemq.bench.micro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Two ways to append 512 MiB of batches to a fresh, sparse log file, without a force: by writes from a
 * direct buffer, and by copying into a mapping of the file. One run is one file.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 6)
@Fork(1)
public class WriteBench {
  private static final long FILE_BYTES = 512L << 20;

  /** A lone small message, a batch of a dozen, a batch of a busy broker. */
  @Param({"300", "4096", "65536"})
  public int batchBytes;

  private ByteBuffer batch;
  private Path file;
  private FileChannel channel;

  @Setup(Level.Iteration)
  public void create() throws IOException {
    batch = ByteBuffer.allocateDirect(batchBytes);
    file = Files.createTempFile("apogee-bench-write", ".log");
    channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.SPARSE);
    channel.write(ByteBuffer.allocate(1), FILE_BYTES - 1);
  }

  @TearDown(Level.Iteration)
  public void delete() throws IOException {
    channel.close();
    Files.delete(file);
  }

  @Benchmark
  public void writes() throws IOException {
    for (long at = 0; at + batchBytes <= FILE_BYTES; at += batchBytes) {
      channel.write(batch.clear(), at);
    }
  }

  @Benchmark
  public int mapping() throws IOException {
    MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, FILE_BYTES);
    for (int at = 0; at + batchBytes <= FILE_BYTES; at += batchBytes) {
      mapped.put(at, batch, 0, batchBytes);
    }
    return mapped.get(0);
  }
}
