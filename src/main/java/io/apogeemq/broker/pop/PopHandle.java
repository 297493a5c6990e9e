package io.apogeemq.broker.pop;

import io.apogeemq.protocol.remoting.MalformedRequest;

/**
 * The handle by which a consumer names a message that it has got: the property {@code POP_CK}, sent back
 * as {@code extraInfo}. Clients make it themselves from the header of the answer; the parts and their order
 * are the original's ({@code ExtraInfoUtil}).
 *
 * <pre>
 * startOffset popTime invisibleTime reviveQid kind brokerName queueId queueOffset [logPosition]
 * </pre>
 *
 * @param reviveQid {@link #ORDERED} for a group that consumes in order; else without meaning here
 */
record PopHandle(long popTimeMs, long invisibleMs, int reviveQid) {
  /** The revive queue id that marks ordered consumption. */
  static final int ORDERED = 999;

  private static final int LEAST_PARTS = 6;

  boolean ordered() {
    return reviveQid == ORDERED;
  }

  /** Throws {@link MalformedRequest} saying what is wrong. */
  static PopHandle parse(String extraInfo) {
    String[] parts = extraInfo.split(" ");
    if (parts.length < LEAST_PARTS) {
      throw new MalformedRequest(
          "the handle (extraInfo) has "
              + parts.length
              + " parts instead of 8: send the property POP_CK of the message as it came");
    }
    try {
      return new PopHandle(
          Long.parseLong(parts[1]), Long.parseLong(parts[2]), Integer.parseInt(parts[3]));
    } catch (NumberFormatException e) {
      throw new MalformedRequest(
          "the handle (extraInfo) has a part that is no number: send the property POP_CK of the"
              + " message as it came");
    }
  }

  /** The handle of a message in full. */
  static String text(
      long startOffset,
      long popTimeMs,
      long invisibleMs,
      int reviveQid,
      int kind,
      String brokerName,
      int queueId,
      long queueOffset) {
    return startOffset
        + " "
        + popTimeMs
        + " "
        + invisibleMs
        + " "
        + reviveQid
        + " "
        + kind
        + " "
        + brokerName
        + " "
        + queueId
        + " "
        + queueOffset;
  }
}
