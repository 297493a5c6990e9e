package io.apogeemq.broker.transaction;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.apogeemq.broker.TestPeer;
import io.apogeemq.protocol.header.TransactionHeaders.Check;
import io.apogeemq.protocol.header.TransactionHeaders.End;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.sim.SimClock;
import io.apogeemq.sim.SimDisk;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.StoreConfig.FlushMode;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * One seeded life of a broker's transactions on a simulated disk, driven step by step: half messages are
 * sent, decided at once, late, twice or only when asked; producers come and go; the process is killed,
 * the power goes, the oldest file is deleted, the broker is stopped in order.
 *
 * <p>Checked: no message is seen before its producer has said commit, none that was rolled back ever,
 * none twice; in the end each half message that the store had promised to keep has ended, as its
 * producer decided.
 */
final class TransactionRun {
  private static final int STEPS = 500;
  private static final int CHECK_MAX = 1000;
  private static final String GROUP = "G";
  private static final String TOPIC = "T";

  /** What may happen to the machine, and what the broker promises. */
  private enum World {
    /** Processes die; nothing that was answered is lost. Old files are deleted. */
    KILLS,
    /** Power goes, too; what was answered has been forced. */
    POWER_SYNC,
    /** Power goes, and what was answered may be lost; then it must not be there twice, at least. */
    POWER_ASYNC
  }

  private static final class Sent {
    final int id;
    final boolean commits;
    boolean decided;
    long offset = -1;
    long position = -1;

    Sent(int id, boolean commits) {
      this.id = id;
      this.commits = commits;
    }
  }

  private final Random random;
  private final SimDisk disk;
  private final SimClock clock = new SimClock();
  private final StoreConfig config;
  private final World world;
  private final Map<Integer, Sent> sent = new HashMap<>();
  private final List<Sent> answered = new ArrayList<>();
  private final Map<String, Integer> seen = new HashMap<>();
  private final List<TestPeer> producers = new ArrayList<>();
  private final Map<TestPeer, Integer> answeredChecks = new HashMap<>();
  private final StringBuilder story = new StringBuilder();
  private ManualBroker broker;
  private long reader;
  private int nextId;
  private boolean allAnswer;

  /** Things that came to pass in this life; a test of many lives wants to see each. */
  int crashes;

  int checks;
  int rolled;

  TransactionRun(long seed) {
    random = new Random(new SplittableRandom(seed).nextLong());
    disk = new SimDisk(random);
    world = World.values()[random.nextInt(World.values().length)];
    config = ManualBroker.config(world == World.POWER_SYNC ? FlushMode.SYNC : FlushMode.ASYNC);
  }

  String story() {
    return world + "\n" + story;
  }

  void run() {
    open();
    producers.add(broker.producer(GROUP));
    for (int step = 0; step < STEPS; step++) {
      try {
        act();
      } catch (SimDisk.PowerLoss e) {
        crash(true);
      }
    }
    finish();
  }

  private void act() {
    int dice = random.nextInt(100);
    if (dice < 25) {
      send();
    } else if (dice < 40) {
      decide();
    } else if (dice < 70) {
      pump(1 + random.nextInt(12));
    } else if (dice < 80) {
      clock.advance(random.nextInt(700));
      broker.transactions.tick();
    } else if (dice < 88) {
      answerChecks();
    } else if (dice < 90) {
      comeAndGo();
    } else if (dice < 93) {
      look();
    } else if (dice < 95) {
      crash(world != World.KILLS && random.nextBoolean());
    } else if (dice < 96) {
      broker.offsets.gather();
      broker.stateLog.checkpoint();
    } else if (dice < 98) {
      if (world == World.KILLS) {
        deleteOldest();
      } else {
        closeInOrder();
      }
    } else if (world != World.KILLS) {
      disk.losePowerAfter(1 + random.nextInt(40));
    } else {
      closeInOrder();
    }
  }

  // ---- the broker
  // ----------------------------------------------------------------------------------

  private void open() {
    while (true) {
      try {
        disk.losePowerAfter(
            random.nextInt(8) == 0 && world != World.KILLS
                ? 1 + random.nextInt(60)
                : Long.MAX_VALUE);
        broker =
            new ManualBroker(disk, clock, config, ManualBroker.rules(200, 400, CHECK_MAX, 10_000));
        break;
      } catch (SimDisk.PowerLoss e) {
        note("power lost while recovering");
        disk.losePower();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    disk.losePowerAfter(Long.MAX_VALUE);
    List<TestPeer> before = List.copyOf(producers);
    producers.clear();
    before.forEach(peer -> producers.add(broker.producer(GROUP)));
  }

  private void comeAndGo() {
    if (producers.size() > 1 || random.nextInt(4) == 0 && !producers.isEmpty()) {
      TestPeer gone = producers.remove(random.nextInt(producers.size()));
      gone.close();
      broker.clients.leave(gone);
    } else {
      producers.add(broker.producer(GROUP));
    }
  }

  private void pump(int turns) {
    for (int i = 0; i < turns; i++) {
      switch (random.nextInt(5)) {
        case 0 -> broker.store.stepFlusher();
        case 1 -> broker.store.stepSealer();
        default -> broker.store.stepAppender();
      }
      broker.runTasks();
    }
  }

  private void crash(boolean power) {
    note(power ? "power lost" : "killed");
    crashes++;
    if (power) {
      disk.losePower();
    } else {
      disk.killProcess();
    }
    open();
    if (world == World.POWER_ASYNC) {
      // What was lost with the log's end is sent by nobody again, and its place belongs to others.
      long end = broker.store.status().appendedPosition();
      answered.removeIf(message -> message.position >= end);
      recount();
    } else {
      look();
    }
  }

  private void closeInOrder() {
    note("closed in order");
    Future<Void> finished = broker.transactions.finish();
    for (int i = 0; i < 40 && !finished.isComplete(); i++) {
      broker.transactions.tick();
      broker.settle(10, 60);
    }
    check(finished.isComplete(), "it does not finish");
    broker.await(broker.offsets.gather());
    broker.await(broker.stateLog.checkpoint());
    look();
    broker.store.close();
    open();
    look();
  }

  private void deleteOldest() {
    look(); // nothing is deleted unread
    long before = broker.store.status().minPosition();
    if (broker.store.deleteOldestSegment(Long.MAX_VALUE)) {
      note("deleted the file at " + before);
      rolled++;
    }
  }

  // ---- producers and consumers
  // ---------------------------------------------------------------------

  private void send() {
    Sent message = new Sent(nextId++, random.nextInt(3) > 0);
    sent.put(message.id, message);
    broker.send(
        GROUP,
        "m" + message.id,
        Map.of(),
        result -> {
          AppendResult.Appended at =
              result instanceof AppendResult.Appended appended
                  ? appended
                  : result instanceof AppendResult.Unknown unknown ? unknown.at() : null;
          if (at != null) {
            message.offset = at.queueOffset();
            message.position = at.logPosition();
            if (result instanceof AppendResult.Appended) {
              answered.add(message);
            }
          }
        });
  }

  private void decide() {
    if (!answered.isEmpty()) {
      // Mostly one of the last, sometimes one that was decided long ago.
      int back = Math.min(answered.size(), random.nextInt(10) == 0 ? 200 : 8);
      Sent message = answered.get(answered.size() - 1 - random.nextInt(back));
      end(message, message.offset, message.position, false);
    }
  }

  private void end(Sent message, long offset, long position, boolean asked) {
    message.decided = true;
    int type = message.commits ? SysFlags.TRANSACTION_COMMIT : SysFlags.TRANSACTION_ROLLBACK;
    broker.transactions.endUnanswered(
        new End(GROUP, offset, position, type, asked, "Um" + message.id, null, TOPIC), null);
  }

  private void answerChecks() {
    for (TestPeer peer : producers) {
      List<RemotingCommand> received = peer.received();
      for (int i = answeredChecks.getOrDefault(peer, 0); i < received.size(); i++) {
        answer(received.get(i));
      }
      answeredChecks.put(peer, received.size());
    }
  }

  private void answer(RemotingCommand question) {
    checks++;
    Check header = question.header(Check.class);
    MessageView shown = new MessageView();
    String wrong = shown.open(ByteBuffer.wrap(question.bodyBytes()), 0);
    check(wrong == null, "a broken question: " + wrong);
    check(shown.topic().equals(TOPIC), "asked with topic " + shown.topic());
    Sent message = sent.get(Integer.parseInt(text(shown).substring(1)));
    if (message != null && (allAnswer || random.nextInt(3) > 0)) {
      end(message, header.tranStateTableOffset(), header.commitLogOffset(), true);
    }
  }

  private static String text(MessageView view) {
    return UTF_8.decode(view.body()).toString();
  }

  /** Reads on where it stopped. */
  private void look() {
    while (true) {
      ReadResult found = broker.read(TOPIC, reader);
      if (!(found instanceof ReadResult.Found records)) {
        return;
      }
      take(records.records());
      reader = records.nextOffset();
    }
  }

  private void take(ByteBuf records) {
    ByteBuffer bytes = records.nioBuffer();
    MessageView view = new MessageView();
    for (int at = 0; at < bytes.limit(); at += view.size()) {
      String wrong = view.open(bytes, at);
      check(wrong == null, "a broken message: " + wrong);
      String body = text(view);
      Sent message = sent.get(Integer.parseInt(body.substring(1)));
      check(message != null, body + " was never sent");
      check(message.commits, body + " was rolled back and is seen");
      check(message.decided, body + " is seen before it was committed");
      check(seen.merge(body, 1, Integer::sum) == 1, body + " is seen twice");
    }
    records.release();
  }

  /** The log may have lost its end: what was seen there may come again. */
  private void recount() {
    seen.clear();
    reader = 0;
    look();
  }

  private void finish() {
    disk.losePowerAfter(Long.MAX_VALUE);
    if (random.nextBoolean()) {
      crash(false);
    }
    allAnswer = true;
    if (producers.isEmpty()) {
      producers.add(broker.producer(GROUP));
    }
    for (int round = 0; round < 200 && broker.transactions.open() > 0 || round < 3; round++) {
      clock.advance(400);
      broker.transactions.tick();
      broker.settle(60, 60);
      answerChecks();
      broker.settle(60, 60);
    }
    check(broker.transactions.open() == 0, broker.transactions.open() + " transactions never end");
    crash(false);
    check(
        broker.transactions.open() == 0,
        "what had ended is open again: " + broker.transactions.open());
    look();
    if (world != World.POWER_ASYNC) {
      for (Sent message : answered) {
        String body = "m" + message.id;
        check(
            seen.getOrDefault(body, 0) == (message.commits ? 1 : 0),
            body + " was to be " + (message.commits ? "committed" : "rolled back"));
      }
    }
    broker.store.close();
  }

  private void note(String event) {
    story.append(event).append('\n');
  }

  private void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what + "\n" + story());
    }
  }
}
