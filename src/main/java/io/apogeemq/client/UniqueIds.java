package io.apogeemq.client;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * Makes the ids that a producer gives its messages (property {@code UNIQ_KEY}), in the original's
 * form, because tools read the send time out of them:
 *
 * <pre>
 *  address 4 or 16 bytes | process id 2 | origin 4 | ms since the month began 4 | counter 2
 * </pre>
 *
 * <p>as upper-case hex. Two ids of one instance differ as long as fewer than 65,536 are made within a
 * millisecond. All clients of a process share one instance, as in the original: two would begin to
 * count at the same number. Safe to share.
 */
final class UniqueIds {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private static final class Shared {
    /** Made at first use: finding the machine's own address takes a while. */
    static final UniqueIds IDS =
        new UniqueIds(
            LocalAddress.get(),
            ProcessHandle.current().pid(),
            System.identityHashCode(UniqueIds.class.getClassLoader()),
            Clock.systemDefaultZone());

    private Shared() {}
  }

  private final String prefix;
  private final Clock clock;
  private long monthStartMs;
  private long nextMonthMs;
  private short counter;

  /**
   * @param address the machine's own address
   * @param processId only its low 16 bits go into the id
   * @param origin tells apart copies of this class that several class loaders of a process have
   * @param clock its zone decides when a month begins, as the machine's zone does in the original
   */
  UniqueIds(InetAddress address, long processId, int origin, Clock clock) {
    byte[] bytes = address.getAddress();
    prefix =
        HEX.formatHex(
            ByteBuffer.allocate(bytes.length + 6)
                .put(bytes)
                .putShort((short) processId)
                .putInt(origin)
                .array());
    this.clock = clock;
  }

  /** The one sequence of this process. */
  static UniqueIds ofThisProcess() {
    return Shared.IDS;
  }

  synchronized String next() {
    long nowMs = clock.millis();
    if (nowMs >= nextMonthMs || nowMs < monthStartMs) {
      ZonedDateTime month =
          Instant.ofEpochMilli(nowMs)
              .atZone(clock.getZone())
              .truncatedTo(ChronoUnit.DAYS)
              .withDayOfMonth(1);
      monthStartMs = month.toInstant().toEpochMilli();
      nextMonthMs = month.plusMonths(1).toInstant().toEpochMilli();
    }
    return prefix + HEX.toHexDigits((int) (nowMs - monthStartMs)) + HEX.toHexDigits(counter++);
  }
}
