package io.apogeemq.broker.transaction;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.state.StateFile;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint of the open half messages, {@code config/apogeeTransactions.json}: what was open as of
 * a log position, so that a restart reads the log from there on only.
 *
 * <pre>
 * {"logPosition":73400320,"halves":[{"group":"G","open":[offset,position,due, offset,position,due, …],
 *                                    "moved":[offset,offset then,position then, …]}]}
 * </pre>
 */
@RunsOn({ThreadRole.UPKEEP, ThreadRole.CALLER})
public final class OpenFile {
  private static final String NAME = "apogeeTransactions.json";

  /**
   * @param logPosition every record before it is in here
   */
  record Saved(long logPosition, List<OfGroup> halves) implements Body {}

  /**
   * @param open three numbers per half message: offset in the half queue, log position, and the time
   *     of day (ms) at which its producers are to be asked
   * @param moved three numbers per place where one of them lay before: its offset in {@code open}, and
   *     its offset and log position then; oldest first. Absent in files of older versions
   */
  record OfGroup(String group, List<Long> open, List<Long> moved) implements Body {}

  private final StateFile file;

  /** {@code configDir}: the folder {@code config/} of the store. */
  public OpenFile(Disk disk, Path configDir) {
    file = new StateFile(disk, configDir.resolve(NAME));
  }

  /** Null if there is none yet. */
  @Nullable Saved load() throws IOException {
    return file.load(text -> Body.parse(Saved.class, text));
  }

  void save(Saved saved) throws IOException {
    file.save(new String(saved.toJson(), StandardCharsets.UTF_8));
  }
}
