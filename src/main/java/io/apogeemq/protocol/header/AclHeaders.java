package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests about accounts of 4.9.x (50 to 54). */
public interface AclHeaders {
  /**
   * Make or change an account (50).
   *
   * @param topicPerms list with commas of {@code topic=RIGHT}; absent keeps what is there
   * @param groupPerms the same for groups
   */
  record UpdateAccount(
      String accessKey,
      String secretKey,
      @Nullable String whiteRemoteAddress,
      @Nullable String defaultTopicPerm,
      @Nullable String defaultGroupPerm,
      @Nullable String topicPerms,
      @Nullable String groupPerms,
      @Nullable Boolean admin) {}

  /** Remove an account (51). */
  record DeleteAccount(String accessKey) {}

  /**
   * Set the addresses from which everything is allowed (53).
   *
   * @param globalWhiteAddrs list with commas
   * @param aclFileFullPath in which file; absent: the main one
   */
  record UpdateWhite(String globalWhiteAddrs, @Nullable String aclFileFullPath) {}

  /**
   * The answer to 52.
   *
   * @param version of the main file, a {@code DataVersion} as JSON
   * @param allAclFileVersion path to version, an object as JSON
   */
  record VersionReply(
      String version,
      String allAclFileVersion,
      String brokerName,
      String brokerAddr,
      String clusterName) {}
}
