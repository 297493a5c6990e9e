package io.apogeemq.client;

import io.apogeemq.protocol.remoting.ResponseCode;
import org.jspecify.annotations.Nullable;

/** How sure the broker is of a stored message. Every value means that the message is stored. */
public enum SendStatus {
  /** Stored with all the safety that the broker is configured for. */
  SEND_OK,
  /** Stored, but not forced to the disk in time. */
  FLUSH_DISK_TIMEOUT,
  /** Stored, but not on a slave in time. */
  FLUSH_SLAVE_TIMEOUT,
  /** Stored, but there was no slave to copy it to. */
  SLAVE_NOT_AVAILABLE;

  /** The status that a response code stands for; null if the code is a refusal. */
  static @Nullable SendStatus of(int responseCode) {
    return switch (responseCode) {
      case ResponseCode.SUCCESS -> SEND_OK;
      case ResponseCode.FLUSH_DISK_TIMEOUT -> FLUSH_DISK_TIMEOUT;
      case ResponseCode.FLUSH_SLAVE_TIMEOUT -> FLUSH_SLAVE_TIMEOUT;
      case ResponseCode.SLAVE_NOT_AVAILABLE -> SLAVE_NOT_AVAILABLE;
      default -> null;
    };
  }
}
