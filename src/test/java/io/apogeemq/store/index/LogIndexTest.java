package io.apogeemq.store.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.sim.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogIndexTest {
  private static final byte[] NO_PROPERTIES = {};

  @Test
  void aQuietQueueHoldsNothingOfWhatMemoryHasForgotten() throws IOException {
    SimDisk disk = new SimDisk(new Random(1));
    LogIndex index = new LogIndex(disk, Path.of("/sim"), new QueueTable(), 1000, 0, 0);
    index.active().startSegment(0, 0);
    QueueEntries quiet = index.table().findOrAdd("quiet", 0);
    QueueEntries busy = index.table().findOrAdd("busy", 0);
    index.active().add(quiet, 0, 100, 0, 1, 1, NO_PROPERTIES);
    for (int position = 100; position < 1000; position += 100) {
      index.active().add(busy, position, 100, 0, 1, 1, NO_PROPERTIES);
    }
    index.active().wrote(1000);
    assertThat(index.writer().writeNext(1000)).isTrue();

    GenerationRun held = quiet.run;
    assertThat(held).isNotNull();
    assertThat(held.chunks).isEmpty();
    assertThat(held.last).isNull();
    assertThat(held.generation.runs).isEmpty();
    assertThat(quiet.next()).isEqualTo(1);
    assertThat(index.entries().load(busy, 0)).isNotNull();
  }
}
