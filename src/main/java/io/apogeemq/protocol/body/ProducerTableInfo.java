package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.LanguageCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All producers by group: the answer to code 328. */
public record ProducerTableInfo(Map<String, List<Producer>> data) implements Body {
  /** One producer; its {@code remoteIP} is {@code /host:port}, with the slash. */
  public record Producer(
      String clientId,
      @Nullable LanguageCode language,
      long lastUpdateTimestamp,
      String remoteIP,
      int version)
      implements Body {}
}
