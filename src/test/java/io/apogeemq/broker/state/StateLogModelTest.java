package io.apogeemq.broker.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestTables;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random changes, checkpoints and crashes against a plain model. The seed is the test's name. */
class StateLogModelTest {
  private static final int STEPS = 120;

  @TempDir Path folder;

  private final Map<String, TopicConfig> topics = new HashMap<>();
  private final Set<String> groups = new TreeSet<>();

  /** Key: topic, group, queue. Only what was gathered: the rest may be lost by a crash. */
  private final Map<String, Long> offsets = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whateverHappensTheTablesAreWhatWasConfirmed(long seed) throws IOException {
    Random random = new Random(seed);
    TestTables tables = TestTables.openBare(folder);
    for (int step = 0; step < STEPS; step++) {
      String topic = "T" + random.nextInt(4);
      String group = "G" + random.nextInt(3);
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> {
          TopicConfig put = TopicConfig.of(topic, 1 + random.nextInt(4), 6);
          TestTables.await(tables.topics.put(put));
          topics.put(topic, put);
        }
        case 3 -> {
          TestTables.await(tables.topics.delete(topic));
          topics.remove(topic);
          offsets.keySet().removeIf(key -> key.startsWith(topic + " "));
        }
        case 4 -> {
          TestTables.await(tables.groups.put(SubscriptionGroupConfig.of(group)));
          groups.add(group);
        }
        case 5 -> {
          TestTables.await(tables.groups.delete(group, true));
          groups.remove(group);
          offsets.keySet().removeIf(key -> key.contains(" " + group + " "));
        }
        case 6, 7, 8 -> {
          if (topics.containsKey(topic)) {
            long offset = random.nextInt(1000);
            tables.offsets.commit(group, topic, 0, offset);
            tables.gather();
            offsets.put(topic + " " + group + " 0", offset);
          }
        }
        case 9, 10 -> tables.checkpoint();
        default -> {
          tables.crash();
          tables = TestTables.openBare(folder);
        }
      }
      check(tables, step);
    }
    tables.crash();
    tables = TestTables.openBare(folder);
    check(tables, STEPS);
    tables.crash();
  }

  private void check(TestTables tables, int step) {
    for (int t = 0; t < 4; t++) {
      String topic = "T" + t;
      assertThat(tables.topics.find(topic))
          .as("%s at step %d", topic, step)
          .isEqualTo(topics.get(topic));
      for (int g = 0; g < 3; g++) {
        String group = "G" + g;
        Long expected = offsets.get(topic + " " + group + " 0");
        assertThat(tables.offsets.find(group, topic, 0).orElse(-1))
            .as("offset of %s in %s at step %d", group, topic, step)
            .isEqualTo(expected == null ? -1 : expected);
      }
    }
    for (int g = 0; g < 3; g++) {
      assertThat(tables.groups.find("G" + g) != null).isEqualTo(groups.contains("G" + g));
    }
  }
}
