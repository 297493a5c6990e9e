package io.apogeemq.broker.state;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.MessageRequestMode;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.remoting.MalformedRequest;
import java.util.List;
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
 * {"putRequestMode":{"consumerGroup":"G","mode":"POP",…}}
 * {"popSteps":{"T@G":{"0":["h 0 32 1795343153069 60000","a 0-9"]}}}
 * {"transactionChecks":{"17":3,"12":0}}
 * </pre>
 */
final class StateCodec {
  /** What is read: one member of these is there. */
  private record Line(
      @Nullable TopicConfig putTopic,
      @Nullable String deleteTopic,
      @Nullable SubscriptionGroupConfig putGroup,
      @Nullable String deleteGroup,
      @Nullable Boolean offsetsToo,
      @Nullable Map<String, Map<Integer, Long>> offsets,
      @Nullable Locks orderLocks,
      @Nullable MessageRequestMode putRequestMode,
      @Nullable Map<String, Map<Integer, List<String>>> popSteps,
      @Nullable Map<Long, Integer> transactionChecks)
      implements Body {}

  // What is written, one record for each kind.

  private record PutTopic(TopicConfig putTopic) implements Body {}

  private record DeleteTopic(String deleteTopic) implements Body {}

  private record PutGroup(SubscriptionGroupConfig putGroup) implements Body {}

  private record DeleteGroup(String deleteGroup, @Nullable Boolean offsetsToo) implements Body {}

  private record Offsets(Map<String, Map<Integer, Long>> offsets) implements Body {}

  private record OrderLocks(Locks orderLocks) implements Body {}

  private record Locks(long number, String group, String holder, Map<String, Set<Integer>> queues)
      implements Body {}

  private record PutRequestMode(MessageRequestMode putRequestMode) implements Body {}

  private record PopSteps(Map<String, Map<Integer, List<String>>> popSteps) implements Body {}

  private record TransactionChecks(Map<Long, Integer> transactionChecks) implements Body {}

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
    if (line.putRequestMode != null) {
      return new StateRecord.PutRequestMode(line.putRequestMode);
    }
    if (line.popSteps != null) {
      return new StateRecord.PopSteps(line.popSteps);
    }
    if (line.transactionChecks != null) {
      return new StateRecord.TransactionChecks(line.transactionChecks);
    }
    throw new MalformedRequest("a state record of an unknown kind");
  }

  private static Body line(StateRecord record) {
    if (record instanceof StateRecord.PutTopic put) {
      return new PutTopic(put.topic());
    }
    if (record instanceof StateRecord.DeleteTopic delete) {
      return new DeleteTopic(delete.topic());
    }
    if (record instanceof StateRecord.PutGroup put) {
      return new PutGroup(put.group());
    }
    if (record instanceof StateRecord.DeleteGroup delete) {
      return new DeleteGroup(delete.group(), delete.offsetsToo() ? Boolean.TRUE : null);
    }
    if (record instanceof StateRecord.Offsets offsets) {
      return new Offsets(offsets.committed());
    }
    if (record instanceof StateRecord.OrderLocks change) {
      return new OrderLocks(
          new Locks(change.number(), change.group(), change.holder(), change.queues()));
    }
    if (record instanceof StateRecord.PutRequestMode put) {
      return new PutRequestMode(put.mode());
    }
    if (record instanceof StateRecord.PopSteps pop) {
      return new PopSteps(pop.steps());
    }
    return new TransactionChecks(((StateRecord.TransactionChecks) record).byHalfOffset());
  }
}
