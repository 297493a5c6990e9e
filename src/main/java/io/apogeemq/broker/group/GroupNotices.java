package io.apogeemq.broker.group;

import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import java.util.function.Consumer;

/**
 * Tells all members of a group, the new ones included, that its members or topics have changed (code
 * 40), so that they share out the queues anew at once instead of at their next turn. Any thread.
 */
public final class GroupNotices implements Consumer<ClientTable.ConsumerGroup> {
  private final GroupTable groups;

  public GroupNotices(GroupTable groups) {
    this.groups = groups;
  }

  @Override
  public void accept(ClientTable.ConsumerGroup group) {
    SubscriptionGroupConfig config = groups.find(group.name());
    if (config != null && !config.notifyConsumerIdsChangedEnable()) {
      return;
    }
    for (ClientTable.Client client : group.members().keySet()) {
      client
          .connection()
          .send(
              RemotingCommand.request(
                      RequestCode.NOTIFY_CONSUMER_IDS_CHANGED,
                      new GroupHeaders.IdsChanged(group.name()))
                  .oneway());
    }
  }
}
