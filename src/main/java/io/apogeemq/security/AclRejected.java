package io.apogeemq.security;

/**
 * A file or a request with accounts that can't be used; the message names the place, the cause and the
 * cure, and holds no secret.
 */
public final class AclRejected extends Exception {
  private static final long serialVersionUID = 1L;

  AclRejected(String message) {
    super(message, null, false, false);
  }
}
