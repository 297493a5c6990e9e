package io.apogeemq.store.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entries of one queue in one {@link Generation}. Filled by the appender, then only read. */
final class GenerationRun {
  final QueueEntries queue;
  final Generation generation;
  final List<EntryChunk> chunks = new ArrayList<>(2);
  @Nullable EntryChunk last;

  GenerationRun(QueueEntries queue, Generation generation) {
    this.queue = queue;
    this.generation = generation;
  }
}
