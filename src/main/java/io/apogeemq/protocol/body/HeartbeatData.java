package io.apogeemq.protocol.body;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client says about itself every 30 s: the body of code 34.
 *
 * @param heartbeatFingerprint 5.x: hash of the subscriptions, 0 if the client doesn't use it
 * @param withoutSub 5.x: the subscriptions are left out because they have not changed
 */
public record HeartbeatData(
    String clientID,
    Set<ConsumerData> consumerDataSet,
    @Nullable Integer heartbeatFingerprint,
    Set<ProducerData> producerDataSet,
    @Nullable Boolean withoutSub)
    implements Body {

  /** The same without a consumer group. */
  public HeartbeatData without(String consumerGroup) {
    Set<ConsumerData> others = new LinkedHashSet<>(consumerDataSet);
    others.removeIf(each -> each.groupName().equals(consumerGroup));
    return new HeartbeatData(clientID, others, heartbeatFingerprint, producerDataSet, withoutSub);
  }
}
