package io.apogeemq.broker.delay;

/** Names of the 5.x timers' properties. */
public final class TimerProperties {
  /** When to deliver, ms since 1970. */
  public static final String DELIVER_MS = "TIMER_DELIVER_MS";

  /** After how many seconds to deliver. */
  public static final String DELAY_SEC = "TIMER_DELAY_SEC";

  /** After how many milliseconds to deliver. */
  public static final String DELAY_MS = "TIMER_DELAY_MS";

  /** Of a parked message: when it is due. The original rounds it down to a second; we keep it exact. */
  public static final String OUT_MS = "TIMER_OUT_MS";

  /** Of a delivered one: when it was taken into the timers. */
  static final String ENQUEUE_MS = "TIMER_ENQUEUE_MS";

  /** Of a delivered one: when it was taken out. */
  static final String DEQUEUE_MS = "TIMER_DEQUEUE_MS";

  /** How often a parked message was put in anew. */
  static final String ROLL_TIMES = "TIMER_ROLL_TIMES";

  /** Of a record that recalls another: its real topic, a plus sign, and its unique key. */
  public static final String DELETED_KEY = "TIMER_DEL_UNIQKEY";

  private TimerProperties() {}

  /** The value of {@link #DELETED_KEY} that recalls a message. */
  public static String deletedKey(String realTopic, String uniqueKey) {
    return realTopic + "+" + uniqueKey;
  }
}
