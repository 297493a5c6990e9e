package io.apogeemq.broker.pop;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.MessageModel;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.MessageRequestMode;
import io.apogeemq.protocol.body.QueryAssignmentRequest;
import io.apogeemq.protocol.body.QueueAssignments;
import io.apogeemq.protocol.body.RequestMode;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients that leave the sharing of queues to the broker which ones are theirs and how to consume them
 * (400), and sets the latter (401, 402). One instance per broker verticle.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class AssignmentHandlers implements RequestFamily {
  private final RequestModes modes;
  private final TopicTable topics;
  private final GroupTable groups;
  private final ClientTable clients;
  private final TopicQueues queues;
  private final Consumer<ClientTable.ConsumerGroup> notices;
  private final Defaults defaults;

  /**
   * What holds where nothing was set.
   *
   * @param mode {@code defaultMessageRequestMode}
   * @param popShareQueueNum {@code defaultPopShareQueueNum}
   * @param sharing {@code serverLoadBalancerEnable}; false: every client has all queues
   */
  public record Defaults(RequestMode mode, int popShareQueueNum, boolean sharing) {}

  /** {@code notices}: makes the members of a group ask anew. */
  AssignmentHandlers(
      RequestModes modes,
      TopicTable topics,
      GroupTable groups,
      ClientTable clients,
      TopicQueues queues,
      Consumer<ClientTable.ConsumerGroup> notices,
      Defaults defaults) {
    this.modes = modes;
    this.topics = topics;
    this.groups = groups;
    this.clients = clients;
    this.queues = queues;
    this.notices = notices;
    this.defaults = defaults;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(RequestCode.QUERY_ASSIGNMENT, Access.SUB, this::assignment)
            .about("group", AssignmentHandlers::mayJoin),
        Route.on(RequestCode.SET_MESSAGE_REQUEST_MODE, Access.ADMIN, this::setMode),
        Route.on(RequestCode.GET_ALL_MESSAGE_REQUEST_MODE, Access.ADMIN, this::allModes));
  }

  private static void mayJoin(Caller caller, Route.NoFields none, RemotingCommand request) {
    caller.mayJoin(Body.parse(QueryAssignmentRequest.class, request.body()).consumerGroup());
  }

  private Future<Reply> assignment(Exchange from, Route.NoFields none) {
    QueryAssignmentRequest ask = Body.parse(QueryAssignmentRequest.class, from.request().body());
    MessageRequestMode mode = mode(ask.topic(), ask.consumerGroup());
    return StateLog.onAskingContext(queues.of(ask.topic()))
        .map(
            all -> {
              List<MessageQueue> mine = assigned(ask, all, mode);
              RequestMode how = mode.mode() == null ? RequestMode.PULL : mode.mode();
              return Reply.ok()
                  .body(
                      new QueueAssignments(
                              mine == null
                                  ? null
                                  : mine.stream()
                                      .map(queue -> new QueueAssignments.Assigned(queue, how))
                                      .toList())
                          .toJson());
            });
  }

  private MessageRequestMode mode(String topic, String group) {
    MessageRequestMode set = modes.find(topic, group);
    if (set != null) {
      return set;
    }
    // What was sent back is pulled: that is how clients of both modes read it.
    RequestMode mode = topic.startsWith(Names.RETRY) ? RequestMode.PULL : defaults.mode();
    return new MessageRequestMode(group, mode, defaults.popShareQueueNum(), topic);
  }

  /** Null if nothing can be said: the client keeps what it has. */
  private @Nullable List<MessageQueue> assigned(
      QueryAssignmentRequest ask, List<MessageQueue> all, MessageRequestMode mode) {
    if (all.isEmpty()) {
      return null;
    }
    if (ask.messageModel() == MessageModel.BROADCASTING || !defaults.sharing()) {
      return all;
    }
    ClientTable.ConsumerGroup group = clients.consumerGroup(ask.consumerGroup());
    Assignment assignment =
        group == null ? null : Assignment.of(ask.strategyName(), all, group.clientIds());
    if (assignment == null) {
      return null;
    }
    return mode.mode() == RequestMode.POP
        ? assignment.popped(ask.clientId(), mode.popShareQueueNum())
        : assignment.pulled(ask.clientId());
  }

  private Future<Reply> setMode(Exchange from, Route.NoFields none) {
    MessageRequestMode wanted = Body.parse(MessageRequestMode.class, from.request().body());
    if (wanted.mode() == null) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER, "the mode is missing or unknown; it is PULL or POP");
    }
    if (wanted.topic().startsWith(Names.RETRY)) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "retry topic is not allowed to set mode: clients pull from it in both modes");
    }
    if (topics.find(wanted.topic()) == null) {
      throw new Refused(
          ResponseCode.TOPIC_NOT_EXIST,
          "topic[" + wanted.topic() + "] not exist. Create it with updateTopic.");
    }
    if (groups.find(wanted.consumerGroup()) == null) {
      throw new Refused(
          ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
          "subscription group ["
              + wanted.consumerGroup()
              + "] does not exist. Create it with updateSubGroup.");
    }
    if (wanted.mode() == RequestMode.POP) {
      PopRetryTopics.check(wanted.topic(), wanted.consumerGroup());
    }
    return modes
        .put(wanted)
        .map(
            done -> {
              ClientTable.ConsumerGroup online = clients.consumerGroup(wanted.consumerGroup());
              if (online != null) {
                notices.accept(online);
              }
              return Reply.ok();
            });
  }

  private Future<Reply> allModes(Exchange from, Route.NoFields none) {
    return Reply.ok().body(modes.all().toJson()).now();
  }
}
