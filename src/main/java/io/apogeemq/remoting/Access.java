package io.apogeemq.remoting;

/**
 * What a caller must be allowed to do for a request. So far only stated, row by row: nothing checks
 * it, and whoever can connect may do everything.
 */
public enum Access {
  /** Anyone who may connect. */
  OPEN,
  /** Publish to the topic of the request. */
  PUB,
  /** Consume: the topic or the group of the request. */
  SUB,
  /** Change topics, groups, configuration. */
  ADMIN,
  /** Another node of the cluster. */
  PEER
}
