package io.apogeemq.compat;

import io.apogeemq.client.Receipt;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a gateway that do what docs/GATEWAY.md says when a connection is lost or a request fails: wait a
 * moment, connect again, send the same again. One publishes, one consumes by long polls, one by WebSocket;
 * each consumer has a group of its own. They note what they were told.
 */
final class GatewayLoad implements AutoCloseable {
  /** Long enough for a restart, short enough that what was lost on its way comes again soon. */
  static final int INVISIBLE_MS = 6_000;

  private static final int WAIT_MS = 2_000;
  private static final int CREDITS = 32;
  private static final int PROBLEMS_KEPT = 12;

  /** Milliseconds as a rule; on a machine that has much to do, longer. */
  private static final int STEP_IN_LOG_MS = 500;

  private static final Duration AGAIN = Duration.ofMillis(100);

  private final String base;
  private final String topic;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final List<Thread> threads = new ArrayList<>();
  private final Set<String> published = ConcurrentHashMap.newKeySet();
  private final Consumed byPolls = new Consumed("long polls");
  private final Consumed bySocket = new Consumed("WebSocket");
  private final Deque<String> problems = new ArrayDeque<>(); // guarded by itself
  private final AtomicInteger repeated = new AtomicInteger();
  private volatile boolean publishing = true;
  private volatile boolean consuming = true;

  GatewayLoad(int port, String topic) {
    base = "127.0.0.1:" + port + "/v1/";
    this.topic = topic;
    thread("publishes", this::publish);
    thread("polls", this::poll);
    thread("subscribes", this::subscribe);
  }

  private void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    threads.add(thread);
    thread.start();
  }

  /** What one consumer was given and told. Each body is a key of the publisher. */
  static final class Consumed {
    private final String name;

    /** Key → receipts of its deliveries, in their order. */
    final Map<String, List<Receipt>> deliveries = new ConcurrentHashMap<>();

    /** Keys of which an acknowledgement was sent, whether it was answered or not. */
    private final Set<String> sent = ConcurrentHashMap.newKeySet();

    /** Key → when a gateway confirmed its acknowledgement first, in milliseconds since 1970. */
    final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

    private Consumed(String name) {
      this.name = name;
    }

    /** Whether it is to be acknowledged: of some messages the first delivery is not. */
    private boolean delivered(String key, Receipt receipt) {
      List<Receipt> all =
          deliveries.computeIfAbsent(
              key, ignored -> Collections.synchronizedList(new ArrayList<>()));
      all.add(receipt);
      if (all.size() == 1 && key.endsWith("3")) {
        return false;
      }
      sent.add(key);
      return true;
    }

    private void confirmed(String key) {
      acknowledged.putIfAbsent(key, System.currentTimeMillis());
    }

    /**
     * Deliveries for which there is no reason: the one before was still the consumer's own, or was
     * acknowledged in time. A broker that is killed before the step is in its log forgets that it handed a
     * message out, and hands it out again.
     *
     * @param killsMs when the broker was killed, in milliseconds since 1970
     */
    List<String> withoutCause(List<Long> killsMs) {
      List<String> all = new ArrayList<>();
      deliveries.forEach(
          (key, receipts) -> {
            for (int i = 1; i < receipts.size(); i++) {
              Receipt before = receipts.get(i - 1);
              Receipt again = receipts.get(i);
              long endMs = before.popTimeMs() + before.invisibleMs();
              Long acknowledgedMs = acknowledged.get(key);
              boolean settled =
                  acknowledgedMs != null
                      && acknowledgedMs < endMs
                      && acknowledgedMs < again.popTimeMs();
              boolean forgotten =
                  again.queueOffset() == before.queueOffset()
                      && again.kind() == before.kind()
                      && killsMs.stream()
                          .mapToLong(killMs -> killMs - before.popTimeMs())
                          .anyMatch(afterMs -> afterMs >= 0 && afterMs < STEP_IN_LOG_MS);
              if (!forgotten && (again.popTimeMs() < endMs || settled)) {
                all.add(name + " " + key + " " + before + " " + again + " " + acknowledgedMs);
              }
            }
          });
      return all;
    }

    /** Acknowledgements that nobody ever answered. */
    long unanswered() {
      return sent.stream().filter(each -> !acknowledged.containsKey(each)).count();
    }

    long redelivered() {
      return deliveries.values().stream().filter(each -> each.size() > 1).count();
    }
  }

  Set<String> published() {
    return published;
  }

  List<Consumed> consumers() {
    return List.of(byPolls, bySocket);
  }

  /** How often the publisher had to send again. */
  int repeated() {
    return repeated.get();
  }

  /** The publisher gets its last answer and ends. */
  void stopPublishing() {
    publishing = false;
    join(threads.get(0));
  }

  /**
   * What was published and not acknowledged by both, with what became of it. An acknowledgement whose
   * answer was lost may have been carried out or not: such a message need not come again.
   */
  List<String> missing() {
    List<String> all = new ArrayList<>();
    for (Consumed each : consumers()) {
      for (String key : published) {
        if (!each.acknowledged.containsKey(key) && !each.sent.contains(key)) {
          all.add(each.name + " " + key + " " + each.deliveries.get(key));
        }
      }
    }
    return all;
  }

  /** What the clients were told last that was no success. */
  List<String> problems() {
    synchronized (problems) {
      return List.copyOf(problems);
    }
  }

  private void problem(String what) {
    synchronized (problems) {
      if (problems.size() == PROBLEMS_KEPT) {
        problems.removeFirst();
      }
      problems.addLast(what);
    }
  }

  // ---- publisher ----

  private void publish() {
    for (int i = 0; publishing; i++) {
      String key = "k" + i;
      JsonObject message = new JsonObject().put("text", key).put("idempotencyKey", key);
      while (post("topics/" + topic + "/messages", message) == null) {
        repeated.incrementAndGet();
        pause();
      }
      published.add(key);
    }
  }

  // ---- long polls ----

  private void poll() {
    String receive =
        "topics/"
            + topic
            + "/groups/GPolls/receive?max=16&waitMs="
            + WAIT_MS
            + "&invisibleMs="
            + INVISIBLE_MS;
    while (consuming) {
      JsonObject answer = post(receive, new JsonObject());
      if (answer == null) {
        pause();
        continue;
      }
      Map<String, String> keys = new LinkedHashMap<>();
      for (Object each : answer.getJsonArray("messages")) {
        JsonObject message = (JsonObject) each;
        String receipt = message.getString("receipt");
        if (byPolls.delivered(message.getString("text"), Receipt.parse(receipt))) {
          keys.put(receipt, message.getString("text"));
        }
      }
      settleByPost(keys);
    }
  }

  /** Until each receipt got its answer, or its time is over. */
  private void settleByPost(Map<String, String> keys) {
    long endMs = System.currentTimeMillis() + INVISIBLE_MS;
    while (!keys.isEmpty() && System.currentTimeMillis() < endMs) {
      JsonObject answer =
          post(
              "groups/GPolls/ack",
              new JsonObject().put("receipts", new JsonArray(new ArrayList<>(keys.keySet()))));
      if (answer != null) {
        confirm(answer.getJsonArray("results"), keys, byPolls);
      }
      if (!keys.isEmpty()) {
        pause();
      }
    }
  }

  private static void confirm(JsonArray results, Map<String, String> keys, Consumed by) {
    for (Object each : results) {
      String receipt = ((JsonObject) each).getString("receipt");
      String key = receipt == null ? null : keys.remove(receipt);
      if (key != null) {
        by.confirmed(key);
      }
    }
  }

  // ---- WebSocket ----

  private void subscribe() {
    Map<String, String> unsettled = new ConcurrentHashMap<>(); // over all connections
    while (consuming) {
      try {
        new Connection(unsettled).run();
      } catch (CompletionException e) {
        pause(); // it is not up yet, or broke
      }
    }
  }

  /** One connection until it breaks. */
  private final class Connection implements WebSocket.Listener {
    private final LinkedBlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();
    private final Map<String, String> unsettled;

    /** Id of a frame → the receipts that it brought. */
    private final Map<Integer, List<String>> acks = new HashMap<>();

    private int lastAck;

    Connection(Map<String, String> unsettled) {
      this.unsettled = unsettled;
    }

    void run() {
      WebSocket socket =
          http.newWebSocketBuilder()
              .buildAsync(
                  URI.create(
                      "ws://"
                          + base
                          + "topics/"
                          + topic
                          + "/groups/GSocket/subscribe?invisibleMs="
                          + INVISIBLE_MS),
                  this)
              .join();
      try {
        send(socket, new JsonObject().put("type", "credit").put("messages", CREDITS));
        if (!unsettled.isEmpty()) {
          ack(socket, List.copyOf(unsettled.keySet()));
        }
        while (consuming && !broken.isDone()) {
          JsonObject frame = frames.poll(100, TimeUnit.MILLISECONDS);
          if (frame != null) {
            handle(socket, frame);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        socket.abort();
      }
    }

    private void handle(WebSocket socket, JsonObject frame) {
      switch (frame.getString("type")) {
        case "message" -> {
          String receipt = frame.getString("receipt");
          if (bySocket.delivered(frame.getString("text"), Receipt.parse(receipt))) {
            unsettled.put(receipt, frame.getString("text"));
            ack(socket, List.of(receipt));
          }
          send(socket, new JsonObject().put("type", "credit").put("messages", 1));
        }
        case "result" -> {
          List<String> asked = acks.remove(frame.getInteger("id"));
          confirm(frame.getJsonArray("results"), unsettled, bySocket);
          unsettled.keySet().removeIf(GatewayLoad::isOver);
          asked.retainAll(unsettled.keySet());
          if (!asked.isEmpty()) { // the broker could not be told
            problem(frame.encode());
            pause();
            ack(socket, asked);
          }
        }
        case "problem" -> problem(frame.encode()); // of the broker: the gateway tries again
        default -> {} // a heartbeat
      }
    }

    private void ack(WebSocket socket, List<String> receipts) {
      acks.put(++lastAck, new ArrayList<>(receipts));
      send(
          socket,
          new JsonObject()
              .put("type", "ack")
              .put("id", lastAck)
              .put("receipts", new JsonArray(new ArrayList<>(receipts))));
    }

    private static void send(WebSocket socket, JsonObject frame) {
      socket.sendText(frame.encode(), true).join();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        frames.add(new JsonObject(part.toString()));
        part.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      broken.complete(null);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      broken.complete(null);
    }
  }

  private static boolean isOver(String receipt) {
    Receipt parsed = Receipt.parse(receipt);
    return parsed.popTimeMs() + parsed.invisibleMs() < System.currentTimeMillis();
  }

  // ---- of all ----

  /** The answer; null if there was none, or it says that it failed. */
  private @Nullable JsonObject post(String path, JsonObject body) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create("http://" + base + path))
                  .header("Content-Type", "application/json")
                  .timeout(Duration.ofSeconds(10))
                  .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      boolean done = response.statusCode() == 200 || response.statusCode() == 207;
      if (response.statusCode() != 200) {
        problem(path + " " + response.body());
      }
      return done ? new JsonObject(response.body()) : null;
    } catch (IOException e) {
      return null; // the gateway has gone: the caller tries again
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void pause() {
    LockSupport.parkNanos(AGAIN.toNanos());
  }

  private static void join(Thread thread) {
    try {
      thread.join(30_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      throw new AssertionError(thread.getName() + " does not end");
    }
  }

  /** Ends all clients. */
  @Override
  public void close() {
    publishing = false;
    consuming = false;
    threads.forEach(GatewayLoad::join);
  }
}
