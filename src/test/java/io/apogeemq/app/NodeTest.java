package io.apogeemq.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeTest {
  private final List<String> events = new ArrayList<>();
  private final Node node = new Node(Runtimes.vertx(1));

  @AfterEach
  void stop() {
    node.stop(Duration.ofSeconds(5));
  }

  @Test
  void partsStopInTheOppositeOrderOfTheirStart() throws Exception {
    node.start(part("name server", Future.succeededFuture("one")), events::add);
    node.start(part("broker", Future.succeededFuture("two")), events::add);
    node.stop(Duration.ofSeconds(5));

    assertThat(events).containsExactly("one", "two", "stop broker", "stop name server");
  }

  @Test
  void aPartThatCannotStartIsNamedWithItsReasonAndStopsThoseBeforeIt() throws Exception {
    node.start(part("name server", Future.succeededFuture("one")), events::add);

    assertThatThrownBy(
            () ->
                node.start(part("broker", Future.failedFuture("port 10911 is taken")), events::add))
        .isInstanceOf(Node.StartFailed.class)
        .hasMessage("The broker can't start: port 10911 is taken");
    assertThat(events).containsExactly("one", "stop broker", "stop name server");
  }

  @Test
  void aPartThatThrowsIsNamedAndStopsThoseBeforeIt() throws Exception {
    node.start(part("name server", Future.succeededFuture("one")), events::add);
    Part broken =
        new Part() {
          @Override
          public String name() {
            return "broker";
          }

          @Override
          public Future<String> start() {
            throw new IllegalStateException("a mistake");
          }

          @Override
          public Future<Void> stop() {
            throw new IllegalStateException("another one");
          }
        };

    assertThatThrownBy(() -> node.start(broken, events::add))
        .isInstanceOf(Node.StartFailed.class)
        .hasMessage("The broker can't start: a mistake");
    assertThat(events).containsExactly("one", "stop name server");
  }

  @Test
  void aPartThatNeverStopsDoesNotHoldTheProcess() throws Exception {
    Part stuck =
        new Part() {
          @Override
          public String name() {
            return "stuck";
          }

          @Override
          public Future<String> start() {
            return Future.succeededFuture("up");
          }

          @Override
          public Future<Void> stop() {
            return Promise.<Void>promise().future();
          }
        };
    node.start(stuck, events::add);
    long before = System.nanoTime();
    node.stop(Duration.ofMillis(100));

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
  }

  private Part part(String name, Future<String> start) {
    return new Part() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Future<String> start() {
        return start;
      }

      @Override
      public Future<Void> stop() {
        events.add("stop " + name);
        return Future.succeededFuture();
      }
    };
  }
}
