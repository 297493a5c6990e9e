package io.apogeemq.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.store.SampleStore;
import io.apogeemq.store.TestStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line {@code apogee store}: what it prints and how it ends. */
class StoreCommandTest {
  @TempDir private Path root;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private List<Long> positions = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    positions = SampleStore.write(root, 1500);
  }

  @Test
  void aSoundStoreEndsWithStatusZero() {
    assertThat(run("check", root.toString())).isZero();
    assertThat(lines())
        .contains("content  1500 records, 1500 messages in 4 queues", "result   sound");
  }

  @Test
  void aDamageIsPrintedWithFilePlaceAndRangeAndEndsWithStatusOne() throws IOException {
    SampleStore.damageLog(root, positions.get(9) + 300);
    assertThat(run("check", root.toString())).isEqualTo(1);
    assertThat(lines())
        .contains(
            "damage   log, file 00000000000000000000 at "
                + positions.get(9)
                + ", positions "
                + positions.get(9)
                + " to "
                + positions.get(10)
                + ": the body has another checksum",
            "damage   log: queue T:1: offsets 2 to 2",
            "result   2 damages");
  }

  @Test
  void argumentsThatCannotBeUsedEndWithStatusTwo() {
    for (List<String> words :
        List.of(
            List.<String>of(),
            List.of("check"),
            List.of("mend", root.toString()),
            List.of("check", root.resolve("none").toString()),
            List.of("dump", root.toString(), "--from", "x"),
            List.of("dump", root.toString(), "--max", "-1"),
            List.of("check", root.resolve("commitlog").toString()))) {
      err.reset();
      assertThat(run(words.toArray(String[]::new))).as("%s", words).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    }
  }

  @Test
  void aStoreInUseIsNotTouched() throws IOException {
    try (TestStore store = TestStore.open(root)) {
      for (String command : List.of("check", "dump", "rebuild-index")) {
        err.reset();
        assertThat(run(command, root.toString())).as(command).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("in use by");
      }
      assertThat(store.bodies("T", 0, 374)).hasSize(1);
    }
  }

  @Test
  void recordsArePrintedOneALine() {
    assertThat(run("dump", root.toString(), "--queue", "2", "--topic", "T", "--max", "3")).isZero();
    assertThat(lines()).hasSize(4);
    String[] fields = lines().get(2).split("\t");
    assertThat(fields).hasSize(11);
    assertThat(fields[0]).isEqualTo(positions.get(6).toString());
    assertThat(fields[2]).isEqualTo("T");
    assertThat(fields[3]).isEqualTo("2");
    assertThat(fields[4]).isEqualTo("1");
    assertThat(fields[6]).isEqualTo("2023-11-14T22:13:20Z");
    assertThat(List.of(fields).subList(7, 10)).containsExactly("TagA", "k6", "u6");
  }

  @Test
  void unreadableRecordsAreSteppedOverAndSaid() throws IOException {
    SampleStore.damageLog(root, positions.get(9) + 300);
    assertThat(run("dump", root.toString(), "--from", positions.get(8).toString(), "--max", "2"))
        .isEqualTo(1);
    assertThat(lines()).hasSize(4);
    assertThat(lines().get(2))
        .isEqualTo(
            "# skipped positions "
                + positions.get(9)
                + " to "
                + positions.get(10)
                + ": the body has another checksum");
    assertThat(lines().get(3)).startsWith(positions.get(10) + "\t");
  }

  @Test
  void aDumpFromTheMiddleOfARecordBeginsWithTheNextOne() {
    String from = Long.toString(positions.get(8) + 17);
    assertThat(run("dump", root.toString(), "--from", from, "--max", "1")).isZero();
    assertThat(lines().get(1)).startsWith("# no record starts at " + from);
    assertThat(lines().get(2)).startsWith(positions.get(9) + "\t");
  }

  @Test
  void aBodyIsPrintedSoThatItStaysOnItsLine(@TempDir Path other) throws IOException {
    try (TestStore store = TestStore.open(other)) {
      store.append("T", 0, "a\tb\nc\\d\u0001é");
    }
    assertThat(run("dump", other.toString(), "--body")).isZero();
    assertThat(lines().get(1)).endsWith("\ta\\u0009b\\u000ac\\\\d\\u0001é");
  }

  @Test
  void anIndexIsBuiltAnew() throws IOException {
    SampleStore.damage(root.resolve("apogee-index/00000000000000000000.idx"), 130);
    assertThat(run("check", root.toString())).isEqualTo(1);
    assertThat(run("rebuild-index", root.toString())).isZero();
    assertThat(lines()).contains("index    built anew from 2 log files: 4 queues");
    assertThat(run("check", root.toString())).isZero();
  }

  private int run(String... words) {
    PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new StoreCommand(to, new PrintStream(err, true, StandardCharsets.UTF_8), false)
        .run(List.of(words));
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
