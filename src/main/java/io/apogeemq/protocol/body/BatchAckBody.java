package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of code 200151. Names of the inner members are the original's short ones. */
public record BatchAckBody(List<BatchAck> acks, @Nullable String brokerName) implements Body {

  /**
   * Messages of one queue that came by one pop.
   *
   * @param b which offsets from {@code so} on: the words of a {@link java.util.BitSet} as bytes, in
   *     Base64 or, by some JSON libraries, as array of numbers
   * @param c consumer group
   * @param it invisible time, ms
   * @param pt pop time, ms
   * @param q queue id
   * @param r kind of topic: 0 the topic itself, 1 and 2 its retry topic
   * @param rq revive queue id, 999 for ordered consumption
   * @param so queue offset of bit 0
   * @param t topic
   */
  public record BatchAck(
      @Nullable Json b, String c, long it, long pt, int q, String r, int rq, long so, String t) {}
}
