package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of a name server's key/value configuration (100, 101, 102, 219). */
public interface KvHeaders {
  record Put(String namespace, String key, String value) {}

  record Get(String namespace, String key) {}

  /** The answer to {@link Get}. */
  record GetReply(@Nullable String value) {}

  record Delete(String namespace, String key) {}

  /** All pairs of a namespace. */
  record ListNamespace(String namespace) {}
}
