package io.apogeemq.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.FakeQueue;
import io.apogeemq.gateway.OnLoop;
import io.apogeemq.gateway.consume.Positions;
import io.apogeemq.gateway.consume.Wanted;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a replay of dead letters leaves undone, its position says. */
class DeadLetterReplayTest {
  private static final Vertx vertx = Vertx.vertx();
  private static final MessageQueue QUEUE = new MessageQueue("%DLQ%g", "b", 0);

  private final List<Long> tried = new ArrayList<>();

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void thePositionOfAReplayThatFailuresStoppedIsBeforeThem() throws Exception {
    JsonObject report =
        replay(50, offset -> offset < 5 ? sent() : failed(ProblemKind.FORBIDDEN)).report();
    assertThat(report.getBoolean("complete")).isFalse();
    assertThat(report.getLong("sent")).isEqualTo(5);
    assertThat(report.getLong("failed")).isEqualTo(10);
    assertThat(report.getString("position")).isEqualTo(position(5));
    assertThat(tried).hasSize(15);
  }

  @Test
  void aFailureBetweenSuccessesIsToldAndPassed() throws Exception {
    Lines lines =
        replay(50, offset -> offset % 2 == 0 ? failed(ProblemKind.TOPIC_NOT_FOUND) : sent());
    assertThat(lines.all.stream().filter(each -> each.containsKey("problem"))).hasSize(25);
    assertThat(lines.report().getBoolean("complete")).isTrue();
    assertThat(lines.report().getString("position")).isEqualTo(position(50));
  }

  @Test
  void whatCantBeSentNowIsTriedAgain() throws Exception {
    Lines lines =
        replay(
            5,
            offset -> offset == 2 && tried.size() < 8 ? failed(ProblemKind.UNAVAILABLE) : sent());
    assertThat(tried).containsExactly(0L, 1L, 2L, 2L, 2L, 2L, 2L, 2L, 3L, 4L);
    assertThat(lines.report().getLong("sent")).isEqualTo(5);
    assertThat(lines.report().getLong("failed")).isZero();
    assertThat(lines.report().getString("position")).isEqualTo(position(5));
  }

  @Test
  void aClusterThatStaysAwayEndsItBeforeTheMessage() throws Exception {
    JsonObject report =
        replay(5, offset -> offset < 2 ? sent() : failed(ProblemKind.TIMED_OUT)).report();
    assertThat(report.getBoolean("complete")).isFalse();
    assertThat(report.getLong("failed")).isEqualTo(1);
    assertThat(report.getString("position")).isEqualTo(position(2));
    assertThat(tried).hasSize(2 + 10);
  }

  @Test
  void aReplayWhoseLastSendsFailedIsNotComplete() throws Exception {
    JsonObject report =
        replay(8, offset -> offset < 5 ? sent() : failed(ProblemKind.TOPIC_NOT_FOUND)).report();
    assertThat(report.getBoolean("complete")).isFalse();
    assertThat(report.getLong("failed")).isEqualTo(3);
    assertThat(report.getString("position")).isEqualTo(position(5));
    assertThat(report.getString("stopped")).contains("position");
  }

  @Test
  void aMessageThatCanNeverBeSentLeavesNothingToGoOnWith() throws Exception {
    JsonObject report =
        replay(
                3,
                offset ->
                    offset < 2
                        ? sent()
                        : failed(
                            tried.size() < 6 ? ProblemKind.UNAVAILABLE : ProblemKind.TOO_LARGE))
            .report();
    assertThat(report.getBoolean("complete")).isTrue();
    assertThat(report.getLong("failed")).isEqualTo(1);
    assertThat(report.getString("position")).isEqualTo(position(3));
  }

  @Test
  void messagesThatCanNeverBeSentDontHoldUpTheRest() throws Exception {
    JsonObject report =
        replay(30, offset -> offset < 20 ? failed(ProblemKind.INVALID_PARAMETER) : sent()).report();
    assertThat(report.getBoolean("complete")).isTrue();
    assertThat(report.getLong("failed")).isEqualTo(20);
    assertThat(report.getLong("sent")).isEqualTo(10);
  }

  @Test
  void hundredsOfThousandsAreCountedOnAnyStack() throws Exception {
    JsonObject report = replay(200_000, true, offset -> sent()).report();
    assertThat(report.getLong("wanted")).isEqualTo(200_000);
    assertThat(report.getBoolean("complete")).isTrue();
    assertThat(tried).isEmpty();
  }

  private Lines replay(long count, Function<Long, Future<String>> outcome) throws Exception {
    return replay(count, false, outcome);
  }

  private Lines replay(long count, boolean dryRun, Function<Long, Future<String>> outcome)
      throws Exception {
    Lines lines = new Lines();
    Wanted all = new Wanted(Filter.ALL, null, null, null, null, 0, Long.MAX_VALUE);
    OnLoop.get(
        vertx,
        () ->
            new DeadLetterReplay(
                    vertx,
                    new DeadLetterReplay.Plan(all, "target", dryRun, 1_000, 1),
                    new FakeQueue(vertx, Map.of(QUEUE, count), Map.of()),
                    dead -> attempt(dead, outcome),
                    new JsonLines(lines),
                    new TreeMap<>(Map.of(QUEUE, 0L)),
                    Map.of(QUEUE, count))
                .run());
    return lines;
  }

  private Future<String> attempt(ReceivedMessage dead, Function<Long, Future<String>> outcome) {
    tried.add(dead.queueOffset());
    return outcome.apply(dead.queueOffset());
  }

  private static Future<String> sent() {
    return Future.succeededFuture("id");
  }

  private static Future<String> failed(ProblemKind kind) {
    return Future.failedFuture(new Problem(kind, "not this time"));
  }

  private static String position(long offset) {
    return Positions.write(new TreeMap<>(Map.of(QUEUE, offset)));
  }

  /** What is written, without a connection. */
  private static final class Lines implements WriteStream<Buffer> {
    private final List<JsonObject> all = new ArrayList<>();

    private JsonObject report() {
      return all.get(all.size() - 1).getJsonObject("report");
    }

    @Override
    public Future<Void> write(Buffer line) {
      all.add(new JsonObject(line));
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }

    @Override
    public boolean writeQueueFull() {
      return false;
    }

    @Override
    public Lines setWriteQueueMaxSize(int maxSize) {
      return this;
    }

    @Override
    public Lines exceptionHandler(Handler<Throwable> handler) {
      return this;
    }

    @Override
    public Lines drainHandler(Handler<Void> handler) {
      return this;
    }
  }
}
