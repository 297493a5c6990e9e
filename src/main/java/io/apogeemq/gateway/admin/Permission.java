package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.http.Problem;
import io.apogeemq.protocol.body.TopicConfig;

/** The permission bits of a topic as the API names them: {@code rw}, {@code r}, {@code w}, {@code none}. */
final class Permission {
  private Permission() {}

  /** The name of the bits; that topics may be created after it is not told. */
  static String name(int perm) {
    String name =
        ((perm & TopicConfig.READ) != 0 ? "r" : "") + ((perm & TopicConfig.WRITE) != 0 ? "w" : "");
    return name.isEmpty() ? "none" : name;
  }

  static int bits(String name) {
    return switch (name) {
      case "rw" -> TopicConfig.READ | TopicConfig.WRITE;
      case "r" -> TopicConfig.READ;
      case "w" -> TopicConfig.WRITE;
      case "none" -> 0;
      default ->
          throw Problem.badField(
              "permission", "can't be that", "Give one of rw, r (read), w (write), none.");
    };
  }
}
