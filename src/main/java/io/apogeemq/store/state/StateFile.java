package io.apogeemq.store.state;

import io.apogeemq.store.io.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small table as text in a file, as the original's {@code config/*.json}: at any moment there is a
 * whole one, the new or the old. A save writes a new file, forces it, keeps the current one as {@code
 * .bak} and renames the new one to its place. Blocks: for the upkeep worker and for opening. One
 * instance per file, one caller at a time.
 */
public final class StateFile {
  private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);

  private final Disk disk;
  private final Path file;
  private final Path backup;
  private final Path fresh;
  private @Nullable String saved;

  public StateFile(Disk disk, Path file) {
    this.disk = disk;
    this.file = file;
    this.backup = file.resolveSibling(file.getFileName() + ".bak");
    this.fresh = file.resolveSibling(file.getFileName() + ".new");
  }

  /** Makes a table of a file's text; throws any runtime exception if the text is no such table. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(String text);
  }

  /**
   * Reads the table, from the backup if the file is missing or no table.
   *
   * @return null if there is neither file nor backup
   * @throws IOException if what is there can't be read or is no table; an empty table in its place
   *     would be saved over it
   */
  public <T> @Nullable T load(Parser<T> parser) throws IOException {
    IOException wrong = null;
    for (Path candidate : new Path[] {file, backup}) {
      if (!disk.exists(candidate)) {
        continue;
      }
      String text = new String(disk.readAll(candidate), StandardCharsets.UTF_8);
      try {
        T table = parser.parse(text);
        if (candidate.equals(backup)) {
          LOG.warn("{} is missing or damaged: its backup {} is used", file, backup);
        }
        return table;
      } catch (RuntimeException e) {
        LOG.warn("{} can't be read: {}", candidate, e.getMessage());
        wrong = new IOException(candidate + " can't be read as a table: " + e.getMessage(), e);
      }
    }
    if (wrong != null) {
      throw wrong;
    }
    return null;
  }

  /**
   * Saves the table unless it is what was saved last. When this returns, the new table survives a
   * crash; when it throws, the old one is there.
   */
  public void save(String text) throws IOException {
    if (text.equals(saved)) {
      return;
    }
    Path directory = file.toAbsolutePath().getParent();
    disk.createDirectories(directory);
    disk.replace(fresh, text.getBytes(StandardCharsets.UTF_8));
    if (disk.exists(file)) {
      disk.rename(file, backup);
    }
    disk.rename(fresh, file);
    disk.forceDirectory(directory);
    saved = text;
  }
}
