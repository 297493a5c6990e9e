package io.apogeemq.gateway.admin;

import io.apogeemq.client.Inspection;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConnectedClients;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.MessageModel;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group with what each subscribes to, and what is wrong with them together. Our brokers
 * know each member's subscription; of RocketMQ's only the clients themselves can say it.
 *
 * @param how what the newest heartbeat says of the group; null if nobody is online
 * @param members by client id
 */
record Membership(@Nullable ConsumerConnection how, List<MemberRow> members) {
  private static final int AT_ONCE = 8;

  /** Members beyond these are not asked what they do. */
  private static final int MAX_ASKED = 50;

  /** How long a client may take to say what it does. */
  private static final long WAIT_MS = 3_000;

  /** Who is there now; nobody is no failure. */
  static Future<Membership> of(GatewayClient client, String group) {
    Future<List<ConsumerConnection>> connections = Members.connections(client, group);
    return Brokers.all(client, address -> ofBroker(client, address, group))
        .compose(
            brokers ->
                connections.map(how -> new Membership(Members.most(how), rows(brokers.answers()))));
  }

  /** What one broker tells. */
  private record Told(
      String broker, List<ConnectedClients.Row> clients, boolean withSubscriptions) {}

  private static Future<Told> ofBroker(GatewayClient client, String address, String group) {
    return client
        .inspection()
        .clients(address, group)
        .map(rows -> new Told(address, rows, true))
        .recover(
            e ->
                Inspection.isUnsupported(e)
                    ? Brokers.orElse(
                            client
                                .inspection()
                                .members(address, group)
                                .map(ConsumerConnection::connectionSet),
                            Set.<ClientConnection>of())
                        .map(
                            all ->
                                new Told(
                                    address,
                                    all.stream().map(ClientDirectory::row).toList(),
                                    false))
                    : Future.failedFuture(e));
  }

  private static List<MemberRow> rows(List<Told> brokers) {
    Map<String, ClientRow> clients = new TreeMap<>();
    Map<String, List<ConnectedClients.Subscription>> wanted = new HashMap<>();
    for (Told told : brokers) {
      for (ConnectedClients.Row each : told.clients) {
        clients
            .computeIfAbsent(each.clientId(), ClientRow::empty)
            .add(ClientDirectory.connection(told.broker, each));
        if (told.withSubscriptions) {
          each.memberships().forEach(one -> wanted.put(each.clientId(), one.subscriptions()));
        }
      }
    }
    List<MemberRow> rows = new ArrayList<>();
    clients.forEach((id, client) -> rows.add(new MemberRow(client, wanted.get(id), null)));
    return rows;
  }

  /** The same after each member was asked what it does; one that does not answer stays as it is. */
  Future<Membership> asked(GatewayClient client, String group) {
    List<MemberRow> asked = members.subList(0, Math.min(MAX_ASKED, members.size()));
    return InTurn.each(asked, AT_ONCE, each -> ask(client, group, each))
        .map(
            answers -> {
              List<MemberRow> all = new ArrayList<>(members);
              for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i).succeeded()) {
                  all.set(i, answers.get(i).result());
                }
              }
              return new Membership(how, all);
            });
  }

  private static Future<MemberRow> ask(GatewayClient client, String group, MemberRow member) {
    return client
        .inspection()
        .runningInfo(
            member.client().connections().get(0).broker(),
            group,
            member.client().clientId(),
            false,
            WAIT_MS)
        .map(member::with);
  }

  JsonObject json() {
    JsonArray all = new JsonArray();
    members.forEach(each -> all.add(each.json()));
    return new JsonObject()
        .put("consumeType", how == null ? null : Kinds.name(how.consumeType()))
        .put("messageModel", how == null ? null : Kinds.name(how.messageModel()))
        .put(
            "consumeFrom",
            how == null || how.consumeFromWhere() == null ? null : how.consumeFromWhere().name())
        .put("members", all)
        .put("warnings", warnings());
  }

  private JsonArray warnings() {
    JsonArray all = new JsonArray();
    for (MemberRow each : members) {
      if (each.client().isDuplicate()) {
        all.add(
            new JsonObject()
                .put("kind", GroupRow.DUPLICATE)
                .put("clientIds", new JsonArray().add(each.client().clientId())));
      }
    }
    boolean shared = how == null || how.messageModel() != MessageModel.BROADCASTING;
    JsonObject mismatch = shared ? mismatch() : null;
    return mismatch == null ? all : all.add(mismatch);
  }

  /** The first topic of which two members want different messages. */
  private @Nullable JsonObject mismatch() {
    List<MemberRow> known =
        members.stream()
            .filter(each -> each.subscriptions() != null && !each.subscriptions().isEmpty())
            .toList();
    TreeSet<String> topics = new TreeSet<>();
    known.forEach(each -> each.subscriptions().forEach(one -> topics.add(one.topic())));
    for (String topic : topics) {
      Map<String, String> byWish = new TreeMap<>();
      known.forEach(
          each -> byWish.putIfAbsent(String.valueOf(each.wants(topic)), each.client().clientId()));
      if (byWish.size() > 1) {
        return new JsonObject()
            .put("kind", GroupRow.MISMATCH)
            .put("topic", topic)
            .put("clientIds", new JsonArray(new ArrayList<>(byWish.values())))
            .put("wishes", new JsonArray(new ArrayList<>(byWish.keySet())));
      }
    }
    return null;
  }
}
