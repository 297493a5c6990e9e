package io.apogeemq.broker.state;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.state.StateFile;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The folder {@code config/}: RocketMQ's own tables and, in {@code apogeeState.json}, the state
 * queue's offset up to which they hold ({@code {"stateQueueOffset":17}}). Used by one thread at a
 * time.
 */
@RunsOn({ThreadRole.UPKEEP, ThreadRole.CALLER})
public final class CheckpointFiles {
  /** How the names of files begin that RocketMQ doesn't have. */
  private static final String OURS = "apogee";

  private static final String STATE_FILE = OURS + "State.json";

  private record Position(long stateQueueOffset) implements Body {}

  private final Disk disk;
  private final Path folder;
  private final Map<String, StateFile> files = new HashMap<>();
  private final Map<String, UnknownMembers> unknown = new HashMap<>();
  private boolean usedBackup;
  private long savedStateOffset;

  public CheckpointFiles(Disk disk, Path folder) {
    this.disk = disk;
    this.folder = folder;
  }

  /**
   * Loads a table, and remembers what its file says beyond what the table knows: {@link #save} keeps
   * that. Not of our own files: what a table of ours leaves out when it loads is over. As {@link
   * #load(String, Consumer)}.
   */
  public void load(StateTable table) throws IOException {
    String name = table.checkpointName();
    load(
        name,
        text -> {
          table.load(text);
          if (!name.startsWith(OURS)) {
            unknown.put(name, UnknownMembers.of(text, table.checkpoint().get()));
          }
        });
  }

  /**
   * Gives a table's text to its reader, from the backup if the file is missing or damaged; calls
   * nobody if there is neither.
   *
   * @param reader throws a runtime exception if the text is no such table
   * @throws IOException if what is there can't be read: a start without it would forget what it held
   */
  public void load(String name, Consumer<String> reader) throws IOException {
    int[] tries = {0};
    boolean there = disk.exists(folder.resolve(name));
    try {
      file(name)
          .load(
              text -> {
                tries[0]++;
                reader.accept(text);
                return text;
              });
    } catch (IOException e) {
      throw new IOException(
          e.getMessage()
              + ". Put a sound copy in its place, or remove it and its .bak to start from the log"
              + " alone.",
          e);
    }
    usedBackup |= tries[0] > (there ? 1 : 0);
  }

  /** Saves a table's text, with what its file said beyond that when it was loaded. */
  public void save(String name, String text) throws IOException {
    UnknownMembers more = unknown.getOrDefault(name, UnknownMembers.NONE);
    file(name).save(more.isEmpty() ? text : more.addedTo(text));
  }

  /**
   * The offset of the state queue from which on the loaded tables lack something. After a backup was
   * used it is 0: who knows how old it is, and replaying too much does no harm.
   */
  public long loadStateOffset() throws IOException {
    load(
        STATE_FILE, text -> savedStateOffset = Body.parse(Position.class, text).stateQueueOffset());
    return usedBackup ? 0 : Math.max(0, savedStateOffset);
  }

  /** What the file said when it was loaded, also where that can't be trusted; 0 if there was none. */
  public long savedStateOffset() {
    return savedStateOffset;
  }

  public void saveStateOffset(long queueOffset) throws IOException {
    save(STATE_FILE, new String(new Position(queueOffset).toJson(), StandardCharsets.UTF_8));
  }

  private StateFile file(String name) {
    return files.computeIfAbsent(name, key -> new StateFile(disk, folder.resolve(key)));
  }
}
