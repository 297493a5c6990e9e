package io.apogeemq.remoting;

/**
 * What a caller must be allowed to do for a request. Without access control whoever can connect may
 * do everything; with it a {@link Gate} finds out who calls, and the row says what that {@link Caller}
 * needs.
 */
public enum Access {
  /** Nothing: with access control any account will do. A row may still name what it is about. */
  OPEN("any account"),
  /** Publish to the topic of the request. */
  PUB("publish to"),
  /** Consume: from the topic, in the group of the request. */
  SUB("consume"),
  /** Publish to the topic of the request, or consume from it. */
  ANY("publish to or consume"),
  /** Change topics, groups, configuration, accounts. */
  ADMIN("an administrator"),
  /** Another node of the cluster: with access control the account of an administrator. */
  PEER("an administrator");

  private final String words;

  Access(String words) {
    this.words = words;
  }

  /** How documents say it. */
  public String words() {
    return words;
  }

  /** Whether it means nothing without the name of a topic or a group. */
  public boolean needsName() {
    return this == PUB || this == SUB || this == ANY;
  }
}
