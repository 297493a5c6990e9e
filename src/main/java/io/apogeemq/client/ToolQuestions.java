package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumerStatusBody;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What tools ask a consumer by way of its broker: where it is (221), how it is (307), to consume a
 * message (309). Called on the connection's loop.
 */
final class ToolQuestions implements RequestFamily {
  private final Loop loop;
  private final Supplier<Membership> members;

  /** A supplier, because a client's transport is made before what lies on it. */
  ToolQuestions(Loop loop, Supplier<Membership> members) {
    this.loop = loop;
    this.members = members;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            RequestCode.GET_CONSUMER_STATUS_FROM_CLIENT,
            Access.OPEN,
            GroupHeaders.StatusInClient.class,
            this::status),
        Route.on(
            RequestCode.GET_CONSUMER_RUNNING_INFO,
            Access.OPEN,
            GroupHeaders.RunningInfo.class,
            this::runningInfo),
        Route.on(
            RequestCode.CONSUME_MESSAGE_DIRECTLY,
            Access.OPEN,
            GroupHeaders.ConsumeDirectly.class,
            this::consume));
  }

  private Future<Reply> status(Exchange from, GroupHeaders.StatusInClient asked) {
    return ofConsumer(
        asked.group(),
        consumer -> {
          Map<io.apogeemq.protocol.body.MessageQueue, Long> offsets = new HashMap<>();
          consumer.offsets(asked.topic()).forEach((queue, at) -> offsets.put(queue.toWire(), at));
          return Reply.ok().body(new ConsumerStatusBody(Map.of(), offsets).toJson()).now();
        });
  }

  private Future<Reply> runningInfo(Exchange from, GroupHeaders.RunningInfo asked) {
    return ofConsumer(
        asked.consumerGroup(),
        consumer ->
            (Boolean.TRUE.equals(asked.jstackEnable())
                    ? loop.onWorker(ThreadDump::take)
                    : Future.<String>succeededFuture())
                .map(stacks -> Reply.ok().body(consumer.runningInfo(stacks).toJson())));
  }

  private Future<Reply> consume(Exchange from, GroupHeaders.ConsumeDirectly asked) {
    String broker = asked.brokerName() == null ? "" : asked.brokerName();
    ReceivedMessage message = StoredMessages.read(broker, from.request().body().nioBuffer()).get(0);
    return ofConsumer(
        asked.consumerGroup(),
        consumer -> consumer.consume(message).map(done -> Reply.ok().body(done.toJson())));
  }

  /** Asks a consumer on the client's loop; says so if it is not here, or is not running. */
  private Future<Reply> ofConsumer(String group, Function<PushConsumer, Future<Reply>> question) {
    return loop.call(
            () -> {
              PushConsumer consumer = members.get().consumer(group);
              return consumer != null && consumer.isRunning()
                  ? question.apply(consumer)
                  : Reply.of(
                          ResponseCode.SYSTEM_ERROR,
                          "The Consumer Group <" + group + "> not exist in this consumer")
                      .now();
            })
        .otherwise(ToolQuestions::refusal);
  }

  private static Reply refusal(Throwable failure) {
    int code =
        failure instanceof RequestRefused refused ? refused.code() : ResponseCode.SYSTEM_ERROR;
    return Reply.of(code, failure.getMessage());
  }
}
