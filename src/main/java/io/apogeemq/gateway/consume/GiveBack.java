package io.apogeemq.gateway.consume;

import io.apogeemq.client.PoppedMessage;
import io.apogeemq.gateway.access.GatewayClient;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives messages back that nobody got, so that others get them soon. If that fails, they come back when
 * their invisible time is over.
 */
final class GiveBack {
  private static final Logger log = LoggerFactory.getLogger(GiveBack.class);

  /** The least that brokers take. */
  static final long SOON_MS = 1_000;

  private final GatewayClient client;
  private final String group;

  GiveBack(GatewayClient client, String group) {
    this.client = client;
    this.group = group;
  }

  void all(List<PoppedMessage> messages) {
    for (PoppedMessage each : messages) {
      client
          .consumer(group)
          .changeInvisibleTime(each.receipt(), SOON_MS)
          .onFailure(
              e ->
                  log.info(
                      "a message of {} that nobody got can't be given back early: {}",
                      each.message().topic(),
                      e.toString()));
    }
  }
}
