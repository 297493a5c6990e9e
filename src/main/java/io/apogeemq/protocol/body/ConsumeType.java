package io.apogeemq.protocol.body;

/** How a consumer gets its messages. Names and order are the wire's. */
public enum ConsumeType {
  CONSUME_ACTIVELY,
  CONSUME_PASSIVELY,
  CONSUME_POP
}
