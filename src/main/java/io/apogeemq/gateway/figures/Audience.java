package io.apogeemq.gateway.figures;

import io.apogeemq.config.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * Who looks at the figures, and in whose name they are asked for: in that of who looked last, for a few
 * minutes after his last look; then in nobody's, unless brokers refuse that. Times in ms since 1970.
 */
final class Audience {
  /** Somebody looks while he asked within this time. */
  private static final long LOOKING_MS = 5_000;

  /** For so long is asked in the name of somebody who looks no more. */
  static final long REMEMBERED_MS = 5 * 60_000;

  private @Nullable Credentials last;
  private long lookedMs;
  private boolean nobodyRefused;

  /** {@code who}: whom the brokers have accepted; null for nobody in particular. */
  void looked(@Nullable Credentials who, long nowMs) {
    last = who;
    lookedMs = nowMs;
  }

  /** Whether somebody looks now. */
  boolean isLooking(long nowMs) {
    return nowMs - lookedMs < LOOKING_MS;
  }

  /** Whether somebody has looked lately. */
  boolean isRemembered(long nowMs) {
    return nowMs - lookedMs < REMEMBERED_MS;
  }

  /** Whether anybody has looked at all. */
  boolean hasCome() {
    return lookedMs > 0;
  }

  /** In whose name is asked; null: in nobody's. Who is forgotten stays so. */
  @Nullable Credentials account(long nowMs) {
    if (!isRemembered(nowMs)) {
      last = null;
    }
    return last;
  }

  /** Says whether a broker has refused what was asked in this name. */
  void asked(@Nullable Credentials as, boolean refused) {
    if (as == null) {
      nobodyRefused = refused;
    }
  }

  /** Whether brokers may answer without somebody who looks. */
  boolean mayAsk(long nowMs) {
    return account(nowMs) != null || !nobodyRefused;
  }
}
