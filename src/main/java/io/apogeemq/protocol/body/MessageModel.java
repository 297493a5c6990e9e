package io.apogeemq.protocol.body;

/** Whether each member of a group gets every message, or the group shares them. Names and order are the wire's. */
public enum MessageModel {
  BROADCASTING,
  CLUSTERING
}
