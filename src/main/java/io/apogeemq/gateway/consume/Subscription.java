package io.apogeemq.gateway.consume;

import io.apogeemq.client.PopConsumer;
import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.http.CutOff;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.gateway.message.Incoming;
import io.apogeemq.gateway.message.JsonParts;
import io.apogeemq.gateway.metrics.Metrics;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * One WebSocket that gets the messages of a topic for a group. Frames are JSON objects:
 *
 * <pre>
 *   from the client                                              from us
 *   {"type":"credit","messages":10,"bytes":1000000}              {"type":"message", … as receive tells it}
 *   {"type":"ack","id":7,"receipts":[…]}                         {"type":"result","id":7,"results":[…]}
 *   {"type":"nack","id":8,"receipts":[…],"delayMs":5000}         {"type":"problem","id":…,"problem":{…}}
 *   {"type":"extend","id":9,"receipts":[…],"invisibleMs":60000}  {"type":"heartbeat"}
 *   {"type":"dead-letter","id":10,"receipts":[…]}
 * </pre>
 *
 * <p>Nothing is fetched without credits, nor while the socket is full or a large message has not left; nor are
 * frames read while it is full, for most want an answer, nor while many receipts are being settled. What was fetched for a socket that
 * has closed is given back at once. What was sent stays with the client after the connection is lost: any
 * other connection may settle it until its time is over; then it is delivered again. That is how a client
 * resumes.
 *
 * <pre>
 *   idle → (credits, room) → fetching → (answer) → sends → idle        any → closed
 *                               │ (failure) → told → (a second) → idle
 * </pre>
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Subscription {
  private static final int BATCH = 32;
  private static final long POLL_MS = 15_000;
  private static final long HEARTBEAT_MS = 20_000;
  private static final long RETRY_MS = 1_000;

  /** A subscriber without bound does not hide all others in the figure. */
  private static final int MOST_COUNTED = 1_000_000;

  /** Close code of those that applications may choose: 4000 and the status of HTTP. */
  private static final short NOT_SUPPORTED = 4501;

  /** Receipts that are being settled, those of one large frame; more frames are not read meanwhile. */
  private static final int MAX_PENDING = 1_000;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final ServerWebSocket socket;
  private final GatewayClient client;
  private final PopConsumer consumer;
  private final String topic;
  private final String form;
  private final ReceiveOptions wanted;
  private final Metrics metrics;
  private final Handout handout;
  private final Credits credits = new Credits();
  private final Promise<Answer> end = Promise.promise();

  /** What {@link Metrics} counts of our credits now. */
  private long counted;

  /** Messages of the batch that {@link Metrics} does not know yet. */
  private int delivered;

  private boolean fetching;
  private int pending;

  /** Whether frames are left unread. */
  private boolean held;

  /**
   * @param wanted how messages are fetched; how many and how long to wait is set here
   * @param memory of large messages
   * @param timeoutMs in which one is read, beside what its size gives it
   */
  Subscription(
      Vertx vertx,
      HttpServerRequest request,
      ServerWebSocket socket,
      GatewayClient client,
      PopConsumer consumer,
      String topic,
      String form,
      ReceiveOptions wanted,
      Metrics metrics,
      BodyBudget memory,
      int timeoutMs) {
    handout = new Handout(vertx, memory, timeoutMs, new Reader());
    this.metrics = metrics;
    this.vertx = vertx;
    this.request = request;
    this.socket = socket;
    this.client = client;
    this.consumer = consumer;
    this.topic = topic;
    this.form = form;
    this.wanted = wanted;
  }

  /** Completes when the socket has closed. */
  Future<Answer> run() {
    socket.textMessageHandler(this::frame);
    socket.binaryMessageHandler(frame -> refuse(null, "A frame must be text."));
    socket.frameHandler(
        frame -> {
          if (frame.isPing()) {
            ponged();
          }
        });
    socket.drainHandler(
        ignored -> {
          flow();
          fetch();
        });
    socket.exceptionHandler(ignored -> socket.close());
    socket.closeHandler(
        ignored -> {
          end.tryComplete(Answer.WRITTEN);
          handout.gone();
        });
    long heartbeat = vertx.setPeriodic(HEARTBEAT_MS, ignored -> heartbeat());
    metrics.subscriptions(1);
    socket.resume();
    return end.future()
        .onComplete(
            ignored -> {
              vertx.cancelTimer(heartbeat);
              metrics.subscriptions(-1);
              metrics.credits(-counted);
            });
  }

  /** Once the socket has closed, frames that it held back may still come: their credits are nobody's. */
  private void count(long now) {
    if (end.future().isComplete()) {
      return;
    }
    metrics.credits(now - counted);
    counted = now;
  }

  /** What a batch has changed, counted at once: this is where the rate is made. */
  private void countDelivered() {
    metrics.delivered(delivered);
    delivered = 0;
    count(credits.now(MOST_COUNTED));
  }

  private void heartbeat() {
    if (!socket.isClosed() && !socket.writeQueueFull()) {
      send(new JsonObject().put("type", "heartbeat"));
      socket.writePing(Buffer.buffer());
    }
  }

  /** Reads frames only while their answers can leave and there are not too many to come. */
  private void flow() {
    if (socket.isClosed()) {
      return;
    }
    boolean hold = pending >= MAX_PENDING || socket.writeQueueFull();
    if (hold == held) {
      return;
    }
    held = hold;
    if (hold) {
      socket.pause();
    } else {
      socket.resume();
    }
  }

  /** Vert.x has answered a ping, and asks for one frame more when we are done with it, even if held. */
  private void ponged() {
    if (held || (!socket.isClosed() && socket.writeQueueFull())) {
      vertx.runOnContext(
          ignored -> {
            if (held) {
              socket.pause();
            }
            flow();
          });
    }
  }

  private void frame(String text) {
    Object id = null;
    try {
      JsonObject frame = new JsonObject(text);
      id = frame.getValue("id");
      switch (String.valueOf(frame.getValue("type"))) {
        case "credit" -> credit(frame);
        case "ack" -> settle(id, frame, ReceiptOperations.ACK.with(frame));
        case "nack" -> settle(id, frame, ReceiptOperations.NACK.with(frame));
        case "extend" -> settle(id, frame, ReceiptOperations.EXTEND.with(frame));
        case "dead-letter" -> settle(id, frame, ReceiptOperations.DEAD_LETTER.with(frame));
        default -> refuse(id, "A frame's type is one of credit, ack, nack, extend, dead-letter.");
      }
    } catch (DecodeException e) {
      refuse(null, "A frame must be a JSON object.");
    } catch (Problem e) {
      tell(id, e);
    }
  }

  private void credit(JsonObject frame) {
    credits.add(amount(frame, "messages"), amount(frame, "bytes"));
    count(credits.now(MOST_COUNTED));
    fetch();
  }

  private static long amount(JsonObject frame, String field) {
    Object value = frame.getValue(field, 0);
    if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0) {
      return ((Number) value).longValue();
    }
    throw Problem.badField(field, "can't be " + value, "Give a whole number from 0 on.");
  }

  private void settle(Object id, JsonObject frame, ReceiptOperations.Settling settling) {
    JsonArray receipts = ReceiptOperations.receipts(frame);
    int count = receipts.size();
    pending += count;
    flow();
    ItemResults.of(receipts, each -> settling.settle(consumer, ReceiptOperations.receipt(each)))
        .onSuccess(
            results -> {
              pending -= count;
              send(results.json().put("type", "result").put("id", id));
              flow();
            });
  }

  private void refuse(Object id, String why) {
    tell(id, new Problem(ProblemKind.BAD_REQUEST, why, "See docs/GATEWAY.md."));
  }

  private void tell(Object id, Throwable failure) {
    send(ItemResults.problem(failure).put("type", "problem").put("id", id));
  }

  private void fetch() {
    int most = credits.now(BATCH);
    if (fetching || most == 0 || socket.isClosed() || socket.writeQueueFull()) {
      return;
    }
    fetching = true;
    consumer
        .receive(topic, wanted.setMaxMessages(most).setWaitMs(POLL_MS))
        .compose(handout::run)
        .onSuccess(
            ignored -> {
              countDelivered();
              fetchAgain();
            })
        .onFailure(
            e -> {
              countDelivered();
              tell(null, e);
              if (ItemResults.isHopeless(e)) {
                socket.close(NOT_SUPPORTED, "the broker can't do this");
              } else { // brokers come back, rights are given
                vertx.setTimer(RETRY_MS, ignored -> fetchAgain());
              }
            });
  }

  private void fetchAgain() {
    fetching = false;
    fetch();
  }

  private void send(JsonObject frame) {
    if (!socket.isClosed()) {
      socket.writeTextMessage(frame.encode());
      flow();
    }
  }

  /** The other end of the socket. */
  private final class Reader implements Handout.Reader {
    @Override
    public boolean isGone() {
      return socket.isClosed();
    }

    @Override
    public void cutOff() {
      CutOff.of(request);
    }

    @Override
    public void take(PoppedMessage message) {
      spend(message);
      send(frame(message));
    }

    @Override
    public List<Buffer> encode(PoppedMessage message) {
      return JsonParts.of(frame(message));
    }

    /** As one text in many frames; an empty one is first, as parts may begin within a character. */
    @Override
    public Future<Void> take(PoppedMessage message, List<Buffer> parts) {
      spend(message);
      socket.writeFrame(WebSocketFrame.textFrame("", false));
      Future<Void> last = Future.succeededFuture();
      for (int i = 0; i < parts.size(); i++) {
        boolean isLast = i == parts.size() - 1;
        last = socket.writeFrame(WebSocketFrame.continuationFrame(parts.get(i), isLast));
      }
      return last;
    }

    private JsonObject frame(PoppedMessage message) {
      return Incoming.json(message, form).put("type", "message");
    }

    private void spend(PoppedMessage message) {
      credits.spend(message.message().body().length);
      delivered++;
    }

    @Override
    public void giveBack(List<PoppedMessage> messages) {
      new GiveBack(client, consumer.group()).all(messages);
    }
  }
}
