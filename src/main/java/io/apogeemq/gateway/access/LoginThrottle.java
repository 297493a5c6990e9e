package io.apogeemq.gateway.access;

import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Makes guessing secrets slow: after a few failed attempts in a row an address, and an account, must wait,
 * each time twice as long. Each attempt counts as failed when it begins, so that many at once gain nothing,
 * and a success forgets them. Bounded; safe for any thread.
 */
final class LoginThrottle {
  private static final int FREE_ATTEMPTS = 5;
  private static final long FIRST_WAIT_MS = 1_000;
  private static final long LONGEST_WAIT_MS = 60_000;
  private static final long FORGET_AFTER_MS = 15 * 60_000;
  private static final int MAX_KEYS = 20_000;

  private final LongSupplier clockMs;
  private final Map<String, Attempts> all = new ConcurrentHashMap<>();

  private record Attempts(int failed, long lastMs) {
    /** How long after the last one the next may come. */
    private long waitMs() {
      int beyond = failed - FREE_ATTEMPTS;
      return beyond < 0
          ? 0
          : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS << Math.min(beyond, Integer.SIZE / 2));
    }
  }

  /**
   * @param clockMs never jumps
   */
  LoginThrottle(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /** Begins an attempt; fails with a problem (429) if this address or account must wait. */
  void begin(String address, String accessKey) {
    long nowMs = clockMs.getAsLong();
    if (all.size() > MAX_KEYS - 2) {
      all.values().removeIf(each -> nowMs - each.lastMs() >= FORGET_AFTER_MS);
    }
    for (String key : keys(address, accessKey)) {
      Attempts before = all.get(key);
      long waitMs = before == null ? 0 : before.lastMs() + before.waitMs() - nowMs;
      if (waitMs > 0 || before == null && all.size() >= MAX_KEYS) {
        throw new Problem(
                ProblemKind.TOO_MANY_REQUESTS,
                "Too many attempts to sign in failed.",
                "Wait as long as Retry-After says, then try again.")
            .with("retryAfterSeconds", Math.max(1, (waitMs + 999) / 1000));
      }
    }
    for (String key : keys(address, accessKey)) {
      all.compute(
          key,
          (ignored, before) ->
              before == null || nowMs - before.lastMs() >= FORGET_AFTER_MS
                  ? new Attempts(1, nowMs)
                  : new Attempts(before.failed() + 1, nowMs));
    }
  }

  /** The attempt was no failure: the broker accepted it, or could not be asked. */
  void forget(String address, String accessKey) {
    for (String key : keys(address, accessKey)) {
      all.remove(key);
    }
  }

  private static String[] keys(String address, String accessKey) {
    return new String[] {"address " + address, "account " + accessKey};
  }
}
