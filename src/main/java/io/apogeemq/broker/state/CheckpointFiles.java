package io.apogeemq.broker.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code config/}: RocketMQ's own tables and, in {@code apogeeState.json}, the state
 * queue's offset up to which they hold ({@code {"stateQueueOffset":17}}).
 */
@RunsOn({ThreadRole.UPKEEP, ThreadRole.CALLER})
public final class CheckpointFiles {
  private static final String STATE_FILE = "apogeeState.json";
  private static final String OFFSET_MEMBER = "stateQueueOffset";
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Path folder;

  /** {@code folder}: created if it is missing. */
  public CheckpointFiles(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("can't create " + folder, e);
    }
  }

  /** The bytes of a table, or null if there is none yet. */
  public byte @Nullable [] load(String name) throws IOException {
    for (Path file : new Path[] {folder.resolve(name), folder.resolve(name + ".bak")}) {
      try {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 0) {
          return bytes;
        }
      } catch (NoSuchFileException e) {
        continue;
      }
    }
    return null;
  }

  /** Replaces a table atomically and forces it; the former one stays as {@code .bak}. */
  public void save(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Path fresh = folder.resolve(name + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer content = ByteBuffer.wrap(bytes);
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
    if (Files.exists(file)) {
      Files.move(file, folder.resolve(name + ".bak"), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The saved offset of the state queue; 0 if none was saved yet. */
  public long loadStateOffset() throws IOException {
    byte[] bytes = load(STATE_FILE);
    if (bytes == null) {
      return 0;
    }
    JsonNode offset = JSON.readTree(bytes).path(OFFSET_MEMBER);
    if (!offset.canConvertToLong()) {
      throw new IOException(folder.resolve(STATE_FILE) + " holds no " + OFFSET_MEMBER);
    }
    return offset.asLong();
  }

  public void saveStateOffset(long queueOffset) throws IOException {
    save(
        STATE_FILE,
        JSON.writeValueAsBytes(JSON.createObjectNode().put(OFFSET_MEMBER, queueOffset)));
  }
}
