package io.apogeemq.app;

import io.apogeemq.broker.migration.PendingWork;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.inspect.CheckReport;
import io.apogeemq.store.inspect.Damage;
import io.apogeemq.store.inspect.IndexRebuild;
import io.apogeemq.store.inspect.RecordWalk;
import io.apogeemq.store.inspect.StoreCheck;
import io.apogeemq.store.inspect.StoreFolder;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.FileDisk;
import io.apogeemq.store.io.ReadOnlyDisk;
import io.apogeemq.store.log.ScanProgress;
import io.apogeemq.store.recovery.ForeignLog;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code store}: looks at a store folder that no broker runs on. Exit status: 0 all is
 * sound, 1 something is damaged, 2 the arguments can't be used or the folder can't be looked at.
 */
final class StoreCommand {
  static final int SOUND = 0;
  static final int DAMAGED = 1;
  static final int UNUSABLE = 2;

  private static final int OUT_BYTES = 64 * 1024;

  /** After so many lines a dump looks whether somebody still reads them. */
  private static final int LINES_BETWEEN_LOOKS = 1024;

  private static final Arguments.Flag LOG_DIR =
      Arguments.Flag.of(
          "DIR", "the log files, if they lie elsewhere (storePathCommitLog)", "--log");
  private static final Arguments.Flag FROM =
      Arguments.Flag.of("POSITION", "dump: begin at this log position or behind it", "--from");
  private static final Arguments.Flag MAX =
      Arguments.Flag.of("N", "dump: end after so many lines", "--max");
  private static final Arguments.Flag TOPIC =
      Arguments.Flag.of("T", "dump: this topic only", "--topic");
  private static final Arguments.Flag QUEUE =
      Arguments.Flag.of("Q", "dump: this queue id only", "--queue");
  private static final Arguments.Flag BODY = Arguments.Flag.on("dump: bodies as text", "--body");
  private static final List<Arguments.Flag> FLAGS =
      List.of(LOG_DIR, FROM, MAX, TOPIC, QUEUE, BODY, Launch.HELP);
  private static final String USAGE =
      "apogee store check|dump|rebuild-index DIR [FLAGS]\n"
          + "  check          verify log, index, queue table and checkpoint; changes nothing\n"
          + "  dump           print the records of the log, one a line; changes nothing\n"
          + "  rebuild-index  build apogee-index anew from the log";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;

  StoreCommand(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  static void main(String[] args) {
    StoreCommand command = new StoreCommand(System.out, System.err, System.console() != null);
    int status = command.run(List.of(args));
    System.out.flush();
    if (status != SOUND) {
      System.exit(status);
    }
  }

  /** Runs one command; gives the exit status. */
  int run(List<String> words) {
    try {
      return start(words);
    } catch (Arguments.Misused e) {
      err.println(e.getMessage() + " (-h for help)");
    } catch (IOException e) {
      err.println(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    return UNUSABLE;
  }

  private int start(List<String> words) throws Arguments.Misused, IOException {
    List<String> plain = new ArrayList<>(words);
    String what = plain.isEmpty() || plain.get(0).startsWith("-") ? "" : plain.remove(0);
    String dir = plain.isEmpty() || plain.get(0).startsWith("-") ? "" : plain.remove(0);
    Arguments arguments = Arguments.read(FLAGS, plain);
    if (arguments.has("-h")) {
      out.print(Arguments.help(USAGE, FLAGS));
      return SOUND;
    }
    if (what.isEmpty()) {
      throw new Arguments.Misused("say what to do: check, dump or rebuild-index");
    }
    if (dir.isEmpty()) {
      throw new Arguments.Misused("name the store folder");
    }
    Path root = Path.of(dir);
    if (!Files.isDirectory(root)) {
      throw new Arguments.Misused(root + " is no folder");
    }
    String log = arguments.value("--log");
    Path logDir = log == null ? root.resolve("commitlog") : Path.of(log);
    return switch (what) {
      case "check" -> check(root, logDir);
      case "dump" -> dump(root, logDir, Selection.from(arguments));
      case "rebuild-index" -> rebuild(root, logDir);
      default -> throw new Arguments.Misused("unknown command " + what);
    };
  }

  private interface Look<T> {
    T at(StoreFolder folder, ScanProgress progress) throws IOException;
  }

  private <T> T look(Disk disk, Path root, Path logDir, Look<T> look) throws IOException {
    try (StoreFolder folder = StoreFolder.open(disk, root, logDir)) {
      if (!terminal) {
        return look.at(folder, ScanProgress.SILENT);
      }
      try (ProgressLine line = new ProgressLine(err)) {
        return look.at(folder, line);
      }
    }
  }

  private int check(Path root, Path logDir) throws IOException {
    CheckReport report = look(new ReadOnlyDisk(), root, logDir, StoreCheck::run);
    out.printf("store    %s%n", root);
    out.printf(
        Locale.ROOT,
        "log      %d file%s, positions %d to %d (%.1f MiB)%n",
        report.segments(),
        report.segments() == 1 ? "" : "s",
        report.begin(),
        report.end(),
        (report.end() - report.begin()) / (double) (1 << 20));
    out.printf(
        "content  %d records, %d messages in %d queues%n",
        report.records(), report.messages(), report.queues());
    report.notes().forEach(note -> out.println("note     " + note));
    report.damages().forEach(this::print);
    if (report.damageCount() > report.damages().size()) {
      out.println("         and " + (report.damageCount() - report.damages().size()) + " more");
    }
    out.println(
        report.sound()
            ? "result   sound"
            : "result   "
                + report.damageCount()
                + (report.damageCount() == 1 ? " damage" : " damages"));
    return report.sound() ? SOUND : DAMAGED;
  }

  private void print(Damage damage) {
    StringBuilder line = new StringBuilder("damage   ");
    line.append(damage.part().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    if (!damage.file().isEmpty()) {
      line.append(", file ").append(damage.file()).append(" at ").append(damage.place());
    }
    if (damage.from() >= 0) {
      line.append(", positions ").append(damage.from()).append(" to ").append(damage.to());
    }
    out.println(line.append(": ").append(damage.what()));
    out.println("         " + damage.meaning());
  }

  /** What dump prints. */
  private record Selection(
      long from, long max, @Nullable String topic, int queue, boolean withBody) {
    static Selection from(Arguments arguments) throws Arguments.Misused {
      return new Selection(
          number(arguments, "--from", 0),
          number(arguments, "--max", Long.MAX_VALUE),
          arguments.value("--topic"),
          (int) Math.min(Integer.MAX_VALUE, number(arguments, "--queue", -1)),
          arguments.has("--body"));
    }

    private static long number(Arguments arguments, String flag, long otherwise)
        throws Arguments.Misused {
      String text = arguments.value(flag);
      if (text == null) {
        return otherwise;
      }
      try {
        long number = Long.parseLong(text);
        if (number >= 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Told below, as for a negative one.
      }
      throw new Arguments.Misused(flag + " needs a number, not " + text);
    }

    boolean wants(MessageView view) {
      return (queue < 0 || view.queueId() == queue)
          && (topic == null || view.topic().equals(topic));
    }
  }

  private int dump(Path root, Path logDir, Selection selection) throws IOException {
    Dump dump = new Dump(selection);
    look(
        new ReadOnlyDisk(),
        root,
        logDir,
        (folder, progress) -> {
          out.println(RecordLine.HEAD + (selection.withBody() ? "\tbody" : ""));
          if (selection.max() > 0) {
            RecordWalk.run(folder, selection.from(), dump);
          }
          return dump;
        });
    return dump.damaged ? DAMAGED : SOUND;
  }

  private final class Dump implements RecordWalk.Visitor {
    private final Selection selection;
    private long printed;
    boolean damaged;

    Dump(Selection selection) {
      this.selection = selection;
    }

    @Override
    public boolean record(MessageView view) {
      if (selection.wants(view)) {
        out.println(RecordLine.of(view, selection.withBody()));
        printed++;
      }
      boolean read = printed % LINES_BETWEEN_LOOKS != 0 || !out.checkError();
      return read && printed < selection.max();
    }

    @Override
    public void skipped(long from, long to, String why) {
      if (from == selection.from() && from > 0) {
        out.println("# no record starts at " + from + ", the next one at " + to);
        return;
      }
      damaged = true;
      out.println("# skipped positions " + from + " to " + to + ": " + why);
    }
  }

  private int rebuild(Path root, Path logDir) throws IOException {
    Disk disk = new FileDisk();
    ForeignLog pending = PendingWork.in(disk, root);
    IndexRebuild.Result result =
        look(disk, root, logDir, (folder, progress) -> IndexRebuild.run(folder, pending, progress));
    out.printf(
        "index    built anew from %d log file%s: %d queues%n",
        result.segments(), result.segments() == 1 ? "" : "s", result.queues());
    if (result.tableKept()) {
      out.printf(
          "note     the next offsets of %d queues without messages, and deletions of topics, were taken"
              + " over from the old queue table%n",
          result.expiredQueues());
    } else {
      out.println(
          "note     the old queue table could not be read: queues whose messages have all expired count"
              + " from 0 again, and messages of deleted topics may be back");
    }
    return SOUND;
  }
}
