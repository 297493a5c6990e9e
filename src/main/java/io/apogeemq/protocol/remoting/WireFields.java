package io.apogeemq.protocol.remoting;

/**
 * A header record that writes its own fields instead of being read by reflection: for the answers
 * that make up the traffic. The fields must be those that {@link RecordCodec} would write.
 */
public interface WireFields {
  void writeTo(ExtFields out);
}
