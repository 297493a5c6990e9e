package io.apogeemq.gateway.consume;

import io.apogeemq.client.PoppedMessage;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.CutOff;
import io.apogeemq.gateway.message.Incoming;
import io.apogeemq.gateway.message.JsonParts;
import io.apogeemq.gateway.metrics.Metrics;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * The answer to a {@code receive} that has a large message in it: written message by message ({@link
 * Handout}), so that no more than one is in memory, and otherwise the same.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class LargeAnswer implements Answer.Parts, Handout.Reader {
  private final Call call;
  private final List<PoppedMessage> batch;
  private final String form;
  private final Metrics metrics;
  private final Handout handout;
  private boolean begun;

  /**
   * @param batch as it is stored
   * @param form {@link ReceiveOperations#RAW} of one message only
   */
  LargeAnswer(
      Call call, List<PoppedMessage> batch, String form, Metrics metrics, BodyBudget memory) {
    this.call = call;
    this.batch = batch;
    this.form = form;
    this.metrics = metrics;
    handout = new Handout(call.vertx(), memory, call.options().bodyTimeoutMs(), this);
  }

  Answer answer() {
    return Answer.of(isRaw() ? null : "application/json", this);
  }

  private boolean isRaw() {
    return form.equals(ReceiveOperations.RAW);
  }

  @Override
  public Future<Void> write(HttpServerResponse response) {
    response.closeHandler(ignored -> handout.gone());
    Future<Void> all = handout.run(batch);
    return isRaw() ? all : all.compose(ignored -> response.write("]}"));
  }

  @Override
  public boolean isGone() {
    return response().closed();
  }

  @Override
  public void cutOff() {
    CutOff.of(call.request());
  }

  @Override
  public void take(PoppedMessage message) {
    take(message, encode(message));
  }

  @Override
  public List<Buffer> encode(PoppedMessage message) {
    return isRaw()
        ? List.of(Buffer.buffer(message.message().body()))
        : JsonParts.of(Incoming.json(message, form));
  }

  @Override
  public Future<Void> take(PoppedMessage message, List<Buffer> parts) {
    metrics.delivered(1);
    if (isRaw()) {
      ReceiveOperations.headers(message).forEach(response()::putHeader);
    } else {
      response().write(begun ? "," : "{\"messages\":[");
    }
    begun = true;
    Future<Void> last = Future.succeededFuture();
    for (Buffer each : parts) {
      last = response().write(each);
    }
    return last;
  }

  @Override
  public void giveBack(List<PoppedMessage> messages) {
    new GiveBack(call.client(), call.text("group")).all(messages);
  }

  private HttpServerResponse response() {
    return call.request().response();
  }
}
