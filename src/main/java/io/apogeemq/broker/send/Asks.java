package io.apogeemq.broker.send;

/**
 * What a message's properties ask for besides being stored in its topic, as bits of one number: 0 for
 * an ordinary message. The first bit that is set, from the lowest on, decides which {@link Detour} it
 * takes: a half message is parked as such also if it is to be delayed after its commit.
 */
public final class Asks {
  /** {@code TRAN_MSG=true}: not to be seen before its transaction is committed. */
  public static final int TRANSACTION = 1;

  /** {@code DELAY}: to be delivered after the time of a delay level. */
  public static final int DELAY_LEVEL = 1 << 1;

  /** {@code TIMER_DELIVER_MS}, {@code TIMER_DELAY_SEC} or {@code TIMER_DELAY_MS}: at a given time. */
  public static final int TIMER = 1 << 2;

  private Asks() {}

  /** The lowest bit of what is asked for, for people. */
  static String name(int asks) {
    return switch (Integer.lowestOneBit(asks)) {
      case TRANSACTION -> "TRAN_MSG";
      case DELAY_LEVEL -> "DELAY";
      default -> "TIMER_DELIVER_MS, TIMER_DELAY_SEC or TIMER_DELAY_MS";
    };
  }
}
