package io.apogeemq.broker.group;

import static io.apogeemq.protocol.remoting.RequestCode.DELETE_SUBSCRIPTIONGROUP;
import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.SubscriptionGroupList;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers the requests about settings of consumer groups: create or change one (200) or several
 * (225), all (201), one (352), delete (207).
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class SubscriptionHandlers implements RequestFamily {
  private final GroupTable groups;
  private final ClientTable clients;

  public SubscriptionHandlers(GroupTable groups, ClientTable clients) {
    this.groups = groups;
    this.clients = clients;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, Access.ADMIN, this::update),
        Route.on(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST, Access.ADMIN, this::updateAll),
        Route.on(GET_ALL_SUBSCRIPTIONGROUP_CONFIG, Access.OPEN, this::all),
        Route.on(
            DELETE_SUBSCRIPTIONGROUP, Access.ADMIN, GroupHeaders.DeleteGroup.class, this::delete),
        Route.on(
            GET_SUBSCRIPTIONGROUP_CONFIG, Access.OPEN, GroupHeaders.GetGroup.class, this::one));
  }

  private Future<Reply> update(Exchange from, Route.NoFields none) {
    SubscriptionGroupConfig group =
        Body.parse(SubscriptionGroupConfig.class, from.request().body());
    return groups.put(group).map(done -> Reply.ok());
  }

  private Future<Reply> updateAll(Exchange from, Route.NoFields none) {
    List<SubscriptionGroupConfig> wanted =
        Body.parse(SubscriptionGroupList.class, from.request().body()).groupConfigList();
    wanted.forEach(each -> Refused.unlessGroup(each.groupName())); // all or none
    List<Future<Void>> writes = new ArrayList<>();
    wanted.forEach(each -> writes.add(groups.put(each)));
    return Future.all(writes).map(done -> Reply.ok());
  }

  private Future<Reply> all(Exchange from, Route.NoFields none) {
    // 5.5 asks for parts; an answer that names no total number is complete.
    return Reply.ok().body(groups.wrapper().toJson()).now();
  }

  private Future<Reply> delete(Exchange from, GroupHeaders.DeleteGroup ask) {
    if (GroupTable.isSystem(ask.groupName())) {
      return Reply.of(
              ResponseCode.INVALID_PARAMETER,
              "The group[" + ask.groupName() + "] is a system group and stays.")
          .now();
    }
    boolean offsetsToo =
        Boolean.TRUE.equals(ask.removeOffset()) || Boolean.TRUE.equals(ask.cleanOffset());
    return groups
        .delete(ask.groupName(), offsetsToo)
        .map(
            done -> {
              clients.dropConsumers(ask.groupName()); // heartbeats don't bring them back for now
              return Reply.ok();
            });
  }

  private Future<Reply> one(Exchange from, GroupHeaders.GetGroup ask) {
    SubscriptionGroupConfig group = groups.find(ask.group());
    if (group == null) {
      return Reply.of(
              ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
              "No group in this broker. group: " + ask.group())
          .now();
    }
    return Reply.ok().body(group.toJson()).now();
  }
}
