package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The accounts of a broker and the addresses from which everything is allowed: the answer to code 54. */
public record AclConfig(List<String> globalWhiteAddrs, List<PlainAccessConfig> plainAccessConfigs)
    implements Body {

  /**
   * One account.
   *
   * @param secretKey the original gives it away, we give stars
   */
  public record PlainAccessConfig(
      String accessKey,
      boolean admin,
      @Nullable String defaultGroupPerm,
      @Nullable String defaultTopicPerm,
      List<String> groupPerms,
      @Nullable String secretKey,
      List<String> topicPerms,
      @Nullable String whiteRemoteAddress)
      implements Body {}
}
