package io.apogeemq.protocol.body;

/** How the consumers of a group get the messages of a topic. Names and order are the wire's. */
public enum RequestMode {
  PULL,
  POP
}
