package io.apogeemq.protocol.body;

import java.util.Map;

/** The nodes of one broker name: the answer to code 901. */
public record BrokerMemberGroup(Map<Long, String> brokerAddrs, String brokerName, String cluster)
    implements Body {
  /** The document around it. */
  public record Answer(BrokerMemberGroup brokerMemberGroup) implements Body {}
}
