package io.apogeemq.broker.topic;

import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.HashSet;
import java.util.Set;

/**
 * Removes the queues of deleted topics from the store.
 *
 * <p>While the log is replayed at a restart, a topic may be deleted and created again; removing its
 * queues at the deletion would take messages that came after it. So at restart only topics that end
 * up deleted are removed, in {@link #recovered}.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class QueueRemoval implements TopicTable.Listener {
  private final MessageStore store;
  private final Set<String> deletedInReplay = new HashSet<>();
  private boolean live;

  public QueueRemoval(MessageStore store) {
    this.store = store;
  }

  @Override
  public void topicPut(TopicConfig topic) {
    if (!live) {
      deletedInReplay.remove(topic.topicName());
    }
  }

  @Override
  public void topicDeleted(String topic) {
    if (live) {
      store.deleteTopic(topic);
    } else {
      deletedInReplay.add(topic);
    }
  }

  /** The tables are as the log says; from now on deletions take effect at once. */
  public void recovered() {
    live = true;
    deletedInReplay.forEach(store::deleteTopic);
    deletedInReplay.clear();
  }
}
