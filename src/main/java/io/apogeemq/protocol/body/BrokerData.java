package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one broker name: its master (id 0) and its slaves.
 *
 * @param brokerAddrs by broker id; ascending
 * @param enableActingMaster whether a slave may stand in for a lost master; absent before 5.0
 */
public record BrokerData(
    Map<Long, String> brokerAddrs,
    String brokerName,
    @Nullable String cluster,
    @Nullable Boolean enableActingMaster)
    implements Body {
  /** The id of a master. */
  public static final long MASTER_ID = 0;
}
