package io.apogeemq.remoting.tls;

/** What a port makes of TLS; the constants are the values of {@code tls.server.mode}, in capitals. */
public enum TlsMode {
  /** Only plain text. */
  DISABLED,
  /** Either: the first byte of a connection tells. */
  PERMISSIVE,
  /** Only TLS. */
  ENFORCING
}
