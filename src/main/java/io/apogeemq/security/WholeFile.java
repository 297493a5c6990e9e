package io.apogeemq.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes a file so that at any moment, also after a crash, the old or the new one is there whole. */
final class WholeFile {
  /** For a file that was not there: it holds secrets. */
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private WholeFile() {}

  /** Replaces a file, or what it links to; its permissions stay. Blocks until it is on the disk. */
  static void replace(Path path, byte[] content) throws IOException {
    boolean there = Files.exists(path);
    Path target = there ? path.toRealPath() : path;
    Path directory = target.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + " has no folder");
    }
    Files.createDirectories(directory);
    Path fresh = target.resolveSibling(target.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    boolean posix = Files.getFileStore(directory).supportsFileAttributeView("posix");
    if (posix) {
      Set<PosixFilePermission> permissions =
          there ? Files.getPosixFilePermissions(target) : OWNER_ONLY;
      Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.setPosixFilePermissions(fresh, permissions);
    }
    try (FileChannel out =
        FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        out.write(left);
      }
      out.force(true);
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (posix) {
      try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }
}
