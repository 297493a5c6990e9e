package io.apogeemq.broker.state;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.remoting.MalformedRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * State records as bytes: one JSON object whose member names the kind of change.
 *
 * <pre>
 * {"putTopic":{"topicName":"T","readQueueNums":4,…}}
 * {"deleteTopic":"T"}
 * {"putGroup":{"groupName":"G",…}}
 * {"deleteGroup":"G"}   {"deleteGroup":"G","offsetsToo":true}
 * {"offsets":{"T@G":{"0":17,"1":12}}}
 * {"orderLocks":{"number":9,"group":"G","holder":"10.0.0.1@77","queues":{"T":[0,1]}}}
 * </pre>
 */
final class StateCodec {
  private record Line(
      @Nullable TopicConfig putTopic,
      @Nullable String deleteTopic,
      @Nullable SubscriptionGroupConfig putGroup,
      @Nullable String deleteGroup,
      @Nullable Boolean offsetsToo,
      @Nullable Map<String, Map<Integer, Long>> offsets,
      @Nullable Locks orderLocks)
      implements Body {}

  private record Locks(long number, String group, String holder, Map<String, Set<Integer>> queues)
      implements Body {}

  private StateCodec() {}

  static byte[] encode(StateRecord record) {
    return line(record).toJson();
  }

  /** Throws {@link MalformedRequest} for what is no record, or one of a kind that is not known. */
  static StateRecord decode(byte[] bytes) {
    Line line = Body.parse(Line.class, bytes);
    if (line.putTopic != null) {
      return new StateRecord.PutTopic(line.putTopic);
    }
    if (line.deleteTopic != null) {
      return new StateRecord.DeleteTopic(line.deleteTopic);
    }
    if (line.putGroup != null) {
      return new StateRecord.PutGroup(line.putGroup);
    }
    if (line.deleteGroup != null) {
      return new StateRecord.DeleteGroup(line.deleteGroup, Boolean.TRUE.equals(line.offsetsToo));
    }
    if (line.offsets != null) {
      return new StateRecord.Offsets(line.offsets);
    }
    if (line.orderLocks != null) {
      Locks locks = line.orderLocks;
      return new StateRecord.OrderLocks(locks.number, locks.group, locks.holder, locks.queues);
    }
    throw new MalformedRequest("a state record of an unknown kind");
  }

  private static Line line(StateRecord record) {
    if (record instanceof StateRecord.PutTopic put) {
      return new Line(put.topic(), null, null, null, null, null, null);
    }
    if (record instanceof StateRecord.DeleteTopic delete) {
      return new Line(null, delete.topic(), null, null, null, null, null);
    }
    if (record instanceof StateRecord.PutGroup put) {
      return new Line(null, null, put.group(), null, null, null, null);
    }
    if (record instanceof StateRecord.DeleteGroup delete) {
      Boolean offsetsToo = delete.offsetsToo() ? Boolean.TRUE : null;
      return new Line(null, null, null, delete.group(), offsetsToo, null, null);
    }
    if (record instanceof StateRecord.OrderLocks change) {
      Locks locks = new Locks(change.number(), change.group(), change.holder(), change.queues());
      return new Line(null, null, null, null, null, null, locks);
    }
    StateRecord.Offsets offsets = (StateRecord.Offsets) record;
    return new Line(null, null, null, null, null, offsets.committed(), null);
  }
}
