package io.apogeemq.namesrv;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Lists of topics (206, 224, 304, 311, 312, 313), and topics put in and out by hand (216, 217). */
@RunsOn(ThreadRole.EVENT_LOOP)
final class TopicListHandlers implements RequestFamily {
  private final RouteTable table;
  private final boolean listsEnabled;

  TopicListHandlers(RouteTable table, boolean listsEnabled) {
    this.table = table;
    this.listsEnabled = listsEnabled;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        list(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, table::allTopics),
        list(RequestCode.GET_UNIT_TOPIC_LIST, table::unitTopics),
        list(RequestCode.GET_HAS_UNIT_SUB_TOPIC_LIST, table::unitSubscribedTopics),
        list(RequestCode.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST, table::unitSubscribedPlainTopics),
        Route.on(
            RequestCode.GET_TOPICS_BY_CLUSTER,
            Access.OPEN,
            RouteHeaders.TopicsOfCluster.class,
            (from, ask) -> answer(new TopicList(null, table.topicsOf(ask.cluster())))),
        Route.on(
            RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS,
            Access.OPEN,
            (from, none) -> answer(table.systemTopics())),
        Route.on(
            RequestCode.DELETE_TOPIC_IN_NAMESRV,
            Access.ADMIN,
            RouteHeaders.DeleteTopicRoute.class,
            this::delete),
        Route.on(
            RequestCode.REGISTER_TOPIC_IN_NAMESRV,
            Access.PEER,
            RouteHeaders.RegisterTopicRoute.class,
            this::register));
  }

  private Route<?> list(int code, Supplier<Set<String>> topics) {
    return Route.on(code, Access.OPEN, (from, none) -> answer(new TopicList(null, topics.get())));
  }

  private Future<Reply> answer(TopicList topics) {
    return listsEnabled
        ? Reply.ok().body(topics.toJson()).now()
        : Reply.of(
                ResponseCode.SYSTEM_ERROR,
                "disable: topic lists are switched off here (enableAllTopicList=false)")
            .now();
  }

  private Future<Reply> delete(Exchange from, RouteHeaders.DeleteTopicRoute ask) {
    String cluster = ask.clusterName();
    table.deleteTopic(ask.topic(), cluster == null || cluster.isBlank() ? null : cluster);
    return Reply.ok().now();
  }

  private Future<Reply> register(Exchange from, RouteHeaders.RegisterTopicRoute ask) {
    TopicRoute route = Body.parse(TopicRoute.class, from.request().body());
    table.registerTopic(Checked.topic(ask.topic()), route.queueDatas());
    return Reply.ok().now();
  }
}
