package io.apogeemq.protocol.body;

import java.util.Map;
import java.util.Set;

/** Who is in which cluster: the answer to code 106. */
public record ClusterInfo(
    Map<String, BrokerData> brokerAddrTable, Map<String, Set<String>> clusterAddrTable)
    implements Body {}
