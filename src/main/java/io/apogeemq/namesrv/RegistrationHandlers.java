package io.apogeemq.namesrv;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.BrokerMemberGroup;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.RegisterBrokerBody;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigWrapper;
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
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brokers come and go: 103, 104, 322, 904; and ask who shares their name: 901. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class RegistrationHandlers implements RequestFamily {
  private static final Logger log = LoggerFactory.getLogger(RegistrationHandlers.class);

  /** Brokers older than this version (3.0.11) send their topics without anything around them. */
  private static final int FIRST_WRAPPED_VERSION = 37;

  private final RouteTable table;
  private final BrokerExpiry expiry;
  private final KvConfig kv;
  private final boolean returnOrderTopicConf;

  RegistrationHandlers(
      RouteTable table, BrokerExpiry expiry, KvConfig kv, boolean returnOrderTopicConf) {
    this.table = table;
    this.expiry = expiry;
    this.kv = kv;
    this.returnOrderTopicConf = returnOrderTopicConf;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            RequestCode.REGISTER_BROKER,
            Access.PEER,
            RouteHeaders.RegisterBroker.class,
            this::register),
        Route.on(
            RequestCode.UNREGISTER_BROKER,
            Access.PEER,
            RouteHeaders.UnregisterBroker.class,
            this::unregister),
        Route.on(
            RequestCode.QUERY_DATA_VERSION,
            Access.PEER,
            RouteHeaders.QueryDataVersion.class,
            this::queryDataVersion),
        Route.on(
            RequestCode.BROKER_HEARTBEAT,
            Access.PEER,
            RouteHeaders.BrokerHeartbeat.class,
            this::heartbeat),
        Route.on(
            RequestCode.GET_BROKER_MEMBER_GROUP,
            Access.PEER,
            RouteHeaders.FindMembers.class,
            this::findMembers));
  }

  private Future<Reply> register(Exchange from, RouteHeaders.RegisterBroker header) {
    ByteBuf body = from.request().body();
    Integer crc = header.bodyCrc32();
    if (crc != null && crc != 0 && crc != RegisterBrokerBody.checksum(body)) {
      return Reply.of(ResponseCode.SYSTEM_ERROR, "crc32 not match").now();
    }
    TopicConfigWrapper topics = topics(from, Boolean.TRUE.equals(header.compressed()));
    Boolean actingMaster = header.enableActingMaster();
    Long timeoutMs = header.heartbeatTimeoutMillis();
    RouteTable.Outcome outcome =
        table.register(
            new RouteTable.Registration(
                Checked.cluster(header.clusterName()),
                Checked.broker(header.brokerName()),
                header.brokerId(),
                Checked.address(header.brokerAddr()),
                header.haServerAddr(),
                timeoutMs == null || timeoutMs <= 0 ? RouteTable.DEFAULT_TIMEOUT_MS : timeoutMs,
                actingMaster != null,
                Boolean.TRUE.equals(actingMaster),
                topics == null ? null : topics.dataVersion(),
                topics == null ? List.of() : sound(header, topics.topicConfigTable().values()),
                from.connection()));
    expiry.watch(from.connection());
    if (outcome instanceof RouteTable.Outcome.Refused refused) {
      return Reply.of(ResponseCode.SYSTEM_ERROR, refused.reason()).now();
    }
    RouteTable.Outcome.Registered done = (RouteTable.Outcome.Registered) outcome;
    Reply reply =
        Reply.ok(new RouteHeaders.RegisterBrokerReply(done.haServerAddr(), done.masterAddr()));
    byte[] order = returnOrderTopicConf ? kv.namespaceAsJson(KvConfig.ORDER_TOPICS) : null;
    return order == null ? reply.now() : reply.body(order).now();
  }

  /** The broker's topics, or null if it sends none. */
  private static @Nullable TopicConfigWrapper topics(Exchange from, boolean compressed) {
    ByteBuf body = from.request().body();
    if (!body.isReadable()) {
      return null;
    }
    return from.request().version() < FIRST_WRAPPED_VERSION
        ? Body.parse(TopicConfigWrapper.class, body)
        : RegisterBrokerBody.parse(body, compressed).topicConfigSerializeWrapper();
  }

  /**
   * Leaves out topics whose name nobody may use. The whole broker is not refused for one: it may have
   * lived with it for years. Topics named after the broker or its cluster follow their rule.
   */
  private static Collection<TopicConfig> sound(
      RouteHeaders.RegisterBroker broker, Collection<TopicConfig> topics) {
    List<TopicConfig> sound = new ArrayList<>(topics.size());
    for (TopicConfig each : topics) {
      String name = each.topicName();
      String flaw = Names.flawOfRegisteredTopic(name);
      if (flaw == null || name.equals(broker.brokerName()) || name.equals(broker.clusterName())) {
        sound.add(each);
      } else {
        log.warn("left out of the registration of {}: {}", broker.brokerAddr(), flaw);
      }
    }
    return sound;
  }

  private Future<Reply> unregister(Exchange from, RouteHeaders.UnregisterBroker header) {
    table.unregister(header.clusterName(), header.brokerName(), header.brokerAddr());
    return Reply.ok().now();
  }

  private Future<Reply> queryDataVersion(Exchange from, RouteHeaders.QueryDataVersion header) {
    DataVersion asked = Body.parse(DataVersion.class, from.request().body());
    DataVersion known = table.version(header.clusterName(), header.brokerAddr());
    table.seen(header.clusterName(), header.brokerAddr());
    Reply reply = Reply.ok(new RouteHeaders.QueryDataVersionReply(!asked.sameAs(known)));
    return known == null ? reply.now() : reply.body(known.toJson()).now();
  }

  private Future<Reply> heartbeat(Exchange from, RouteHeaders.BrokerHeartbeat header) {
    table.seen(header.clusterName(), header.brokerAddr());
    return Reply.ok().now();
  }

  private Future<Reply> findMembers(Exchange from, RouteHeaders.FindMembers header) {
    BrokerData broker = table.broker(header.brokerName());
    BrokerMemberGroup group =
        new BrokerMemberGroup(
            broker == null ? Map.of() : broker.brokerAddrs(),
            header.brokerName(),
            header.clusterName());
    return Reply.ok().body(new BrokerMemberGroup.Answer(group).toJson()).now();
  }
}
