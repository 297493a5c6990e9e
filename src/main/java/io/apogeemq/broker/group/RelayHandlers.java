package io.apogeemq.broker.group;

import static io.apogeemq.protocol.remoting.RequestCode.CONSUME_MESSAGE_DIRECTLY;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUMER_RUNNING_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUMER_STATUS_FROM_CLIENT;
import static io.apogeemq.protocol.remoting.RequestCode.INVOKE_BROKER_TO_GET_CONSUMER_STATUS;

import io.apogeemq.broker.group.ClientTable.Client;
import io.apogeemq.broker.group.ClientTable.ConsumerGroup;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ConsumerStatusBody;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands on to clients what a tool asks of them: running info (307), consume one message now (309), where
 * the members of a group are in a topic (223, which asks each by 221).
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class RelayHandlers implements RequestFamily {
  /** How long a client may take to answer what a tool asks of it (the original's figures). */
  private static final long RELAY_TIMEOUT_MS = 10_000;

  private static final long STATUS_TIMEOUT_MS = 5_000;

  /** The first client version that knows code 307 (V3_1_8_SNAPSHOT). */
  private static final int RUNNING_INFO_VERSION = 62;

  private static final Logger log = LoggerFactory.getLogger(RelayHandlers.class);

  private final String brokerName;
  private final ClientTable clients;
  private final MessageStore store;
  private final Completions back;

  /** {@code back}: that of the event loop that this instance serves. */
  public RelayHandlers(
      String brokerName, ClientTable clients, MessageStore store, Completions back) {
    this.brokerName = brokerName;
    this.clients = clients;
    this.store = store;
    this.back = back;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            GET_CONSUMER_RUNNING_INFO,
            Access.OPEN,
            GroupHeaders.RunningInfo.class,
            this::runningInfo),
        Route.on(
            CONSUME_MESSAGE_DIRECTLY,
            Access.ADMIN,
            GroupHeaders.ConsumeDirectly.class,
            this::consumeDirectly),
        Route.on(
            INVOKE_BROKER_TO_GET_CONSUMER_STATUS,
            Access.OPEN,
            GroupHeaders.Status.class,
            this::status));
  }

  private Future<Reply> runningInfo(Exchange from, GroupHeaders.RunningInfo ask) {
    return relay(from, ask.consumerGroup(), ask.clientId(), null);
  }

  private Future<Reply> consumeDirectly(Exchange from, GroupHeaders.ConsumeDirectly ask) {
    if (ask.clientId() == null || ask.msgId() == null) {
      return Reply.of(
              ResponseCode.INVALID_PARAMETER,
              "consumeMessageDirectly needs clientId and msgId. Look at consumerConnection for the"
                  + " client's id.")
          .now();
    }
    MessageId id;
    try {
      id = MessageId.parse(ask.msgId());
    } catch (MalformedRequest e) {
      return Reply.of(ResponseCode.INVALID_PARAMETER, e.getMessage()).now();
    }
    Promise<ByteBuf> record = Promise.promise();
    store.recordAt(id.logPosition(), back, record::complete);
    return record
        .future()
        .compose(
            message -> {
              if (!message.isReadable()) {
                message.release();
                return Reply.of(
                        ResponseCode.SYSTEM_ERROR,
                        "can not find message by the offset, " + id.logPosition())
                    .now();
              }
              return relay(from, ask.consumerGroup(), ask.clientId(), message);
            });
  }

  /**
   * Hands a tool's request on to a member of a group and its answer back.
   *
   * @param body what goes along; its reference is given away
   */
  private Future<Reply> relay(
      Exchange from, String group, String clientId, @Nullable ByteBuf body) {
    ConsumerGroup found = clients.consumerGroup(group);
    Client client = found == null ? null : found.client(clientId);
    String problem = null;
    if (client == null) {
      problem = "The Consumer <" + group + "> <" + clientId + "> not online";
    } else if (client.version() < RUNNING_INFO_VERSION) {
      problem =
          "The Consumer <"
              + group
              + "> <"
              + clientId
              + "> Version <"
              + client.version()
              + "> too low to finish, please upgrade it to V3_1_8_SNAPSHOT";
    }
    if (client == null || problem != null) {
      if (body != null) {
        body.release();
      }
      return Reply.of(ResponseCode.SYSTEM_ERROR, problem).now();
    }
    RemotingCommand command = RemotingCommand.request(from.request().code());
    ExtFields fields = from.request().ext();
    for (int i = 0; i < fields.size(); i++) {
      if (!fields.name(i).equals("brokerName")) {
        command.ext().put(fields.name(i), fields.value(i));
      }
    }
    command.ext().put("brokerName", brokerName); // the client gives it to the listener
    if (body != null) {
      command.body(body);
    }
    return client
        .connection()
        .request(command, RELAY_TIMEOUT_MS)
        .map(answer -> Reply.of(answer.code(), answer.remark()).body(answer.body()))
        .otherwise(
            failure ->
                Reply.of(
                    failure instanceof TimeoutException
                        ? ResponseCode.CONSUME_MSG_TIMEOUT
                        : ResponseCode.SYSTEM_ERROR,
                    "consumer <" + group + "> <" + clientId + "> did not answer: " + failure));
  }

  private Future<Reply> status(Exchange from, GroupHeaders.Status ask) {
    ConsumerGroup group = clients.consumerGroup(ask.group());
    boolean all = ask.clientAddr() == null || ask.clientAddr().isBlank();
    List<Client> asked =
        group == null
            ? List.of()
            : group.members().keySet().stream()
                .filter(each -> all || each.clientId().equals(ask.clientAddr()))
                .toList();
    if (asked.isEmpty()) {
      return Reply.of(
              ResponseCode.SYSTEM_ERROR,
              "No Any Consumer online in the consumer group: ["
                  + ask.group()
                  + "]"
                  + (all ? "" : " with client id " + ask.clientAddr()))
          .now();
    }
    Map<String, Map<MessageQueue, Long>> table = new ConcurrentHashMap<>();
    List<Future<?>> answers = new ArrayList<>();
    for (Client each : asked) {
      answers.add(
          each.connection()
              .request(
                  RemotingCommand.request(
                      GET_CONSUMER_STATUS_FROM_CLIENT,
                      new GroupHeaders.StatusInClient(ask.topic(), ask.group())),
                  STATUS_TIMEOUT_MS)
              .onSuccess(answer -> takeStatus(table, each, answer))
              .onFailure(e -> log.warn("client {} did not say where it is", each.clientId(), e)));
    }
    // A member that does not answer is left out, as in the original.
    return Future.join(answers)
        .transform(done -> Reply.ok().body(new ConsumerStatusBody(table, Map.of()).toJson()).now());
  }

  private static void takeStatus(
      Map<String, Map<MessageQueue, Long>> table, Client client, RemotingCommand answer) {
    if (answer.code() == ResponseCode.SUCCESS && answer.body().isReadable()) {
      table.put(
          client.clientId(),
          Body.parse(ConsumerStatusBody.class, answer.body()).messageQueueTable());
    }
  }
}
