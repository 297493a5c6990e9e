package io.apogeemq.namesrv;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a name server needs to know at start.
 *
 * @param port 0 for any free one
 * @param kvConfigPath file of the key/value configuration
 * @param orderMessageEnable whether routes carry the ordered-topic configuration
 * @param supportActingMaster whether a slave may stand in as id 0 for a lost master in routes
 * @param returnOrderTopicConfigToBroker whether the answer to a registration carries it
 * @param enableAllTopicList whether anyone may list all topics
 * @param brokerScanIntervalMs how often silent brokers are looked for
 * @param shown the effective configuration as code 319 answers it; what looks like a secret is left out
 */
public record NameServerConfig(
    String host,
    int port,
    Path kvConfigPath,
    boolean orderMessageEnable,
    boolean supportActingMaster,
    boolean returnOrderTopicConfigToBroker,
    boolean enableAllTopicList,
    long brokerScanIntervalMs,
    Map<String, String> shown) {

  /** The original's defaults on this address and file. */
  public static NameServerConfig of(String host, int port, Path kvConfigPath) {
    return new NameServerConfig(
        host, port, kvConfigPath, false, false, true, true, 5_000, Map.of());
  }
}
