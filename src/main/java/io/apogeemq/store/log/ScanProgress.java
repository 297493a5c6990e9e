package io.apogeemq.store.log;

/** Is told how far somebody who reads the log has come. Called often: cheap, and never blocks. */
@FunctionalInterface
public interface ScanProgress {
  /** Nobody wants to know. */
  ScanProgress SILENT = (doneBytes, totalBytes) -> {};

  /** Total is an estimate while the log's end isn't known. */
  void at(long doneBytes, long totalBytes);
}
