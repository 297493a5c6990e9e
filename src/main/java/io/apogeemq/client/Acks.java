package io.apogeemq.client;

import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The acknowledgements of a group. Those of one turn of the loop travel together, one request to a
 * broker: whoever acknowledges the messages of a delivery in a loop pays for one.
 *
 * <p>A broker answers such a request as a whole. If it refuses, each is asked for alone, so that nobody
 * fails for another's sake; a second acknowledgement does no harm. It would for messages taken in order,
 * so theirs always go alone.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Acks {
  /** More receipts make another request. */
  private static final int MAX_TOGETHER = 1_000;

  private record Waiting(Receipt receipt, Promise<Void> outcome) {}

  private final String group;
  private final Calls calls;
  private final Routes routes;

  /** By broker, in the order of their coming; not empty: their turn will end. */
  private Map<String, List<Waiting>> waiting = new LinkedHashMap<>();

  Acks(String group, Calls calls, Routes routes) {
    this.group = group;
    this.calls = calls;
    this.routes = routes;
  }

  Future<Void> add(Receipt receipt) {
    if (receipt.isOrdered() || !BatchAcks.takes(receipt)) {
      return alone(receipt);
    }
    if (waiting.isEmpty()) {
      calls.loop().soon(this::endOfTurn);
    }
    List<Waiting> together =
        waiting.computeIfAbsent(receipt.brokerName(), ignored -> new ArrayList<>());
    Promise<Void> outcome = Promise.promise();
    together.add(new Waiting(receipt, outcome));
    return outcome.future();
  }

  private void endOfTurn() {
    Map<String, List<Waiting>> ended = waiting;
    waiting = new LinkedHashMap<>();
    for (List<Waiting> each : ended.values()) {
      for (int from = 0; from < each.size(); from += MAX_TOGETHER) {
        send(each.subList(from, Math.min(each.size(), from + MAX_TOGETHER)));
      }
    }
  }

  private void send(List<Waiting> together) {
    if (together.size() == 1) {
      eachAlone(together);
      return;
    }
    List<Receipt> receipts = together.stream().map(Waiting::receipt).toList();
    RemotingCommand request =
        RemotingCommand.request(RequestCode.BATCH_ACK_MESSAGE)
            .body(BatchAcks.body(group, receipts).toJson());
    Receipt first = receipts.get(0);
    routes
        .masterOf(first.topic(), first.brokerName())
        .compose(address -> calls.ok(address, request))
        .onComplete(
            done -> {
              if (done.cause() instanceof RequestRefused) {
                eachAlone(together);
              } else {
                together.forEach(each -> each.outcome().handle(done));
              }
            });
  }

  private void eachAlone(List<Waiting> all) {
    all.forEach(each -> alone(each.receipt()).onComplete(each.outcome()));
  }

  private Future<Void> alone(Receipt receipt) {
    PopHeaders.Ack header =
        new PopHeaders.Ack(
            group,
            receipt.storedTopic(group),
            receipt.queueId(),
            receipt.handle(),
            receipt.queueOffset());
    return routes
        .masterOf(receipt.topic(), receipt.brokerName())
        .compose(
            address -> calls.ok(address, RemotingCommand.request(RequestCode.ACK_MESSAGE, header)));
  }
}
