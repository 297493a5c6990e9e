package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes guessing secrets slow. Failures in a row are counted by what they have in common: the address,
 * the account, and both; after a few the next must wait, each time twice as long.
 *
 * <ul>
 *   <li>A secret that is seen for the first time from an address waits for all three.
 *   <li>One that a broker has accepted from this address waits only where somebody guesses at the same
 *       account from the same address: guesses from elsewhere keep nobody out, and whoever guesses here
 *       does not see the right secret answered while wrong ones have to wait.
 *   <li>One that was refused before is no new guess, and waits only for itself: a program that goes on
 *       with an old secret does not keep out those who have the new one.
 * </ul>
 *
 * <p>A check counts as failed from its beginning, so that many at once gain nothing, and a success
 * forgets what failed before it. Bounded; safe for any thread.
 */
public final class GuessThrottle {
  private static final int FREE_GUESSES = 5;
  private static final long FIRST_WAIT_MS = 1_000;
  private static final long LONGEST_WAIT_MS = 60_000;
  private static final long FORGET_AFTER_MS = 15 * 60_000;
  private static final int MAX_FAILURES = 20_000;

  /** As long as a session lives. */
  private static final long ACCEPTED_MS = Sessions.LIFE_MS;

  private static final long RENEW_MS = 60_000;
  private static final int MAX_ACCEPTED = 20_000;

  /** Stands for the account that a token of somebody else's does not name. */
  private static final String OF_A_TOKEN = "";

  private final LongSupplier clockMs;

  /** By {@link Sent} and {@link Common}. */
  private final Map<Object, Failures> failures = new ConcurrentHashMap<>();

  /** Secret → when it was used last. */
  private final Map<Sent, Long> accepted = new ConcurrentHashMap<>();

  private final Set<Sent> underWay = ConcurrentHashMap.newKeySet();

  /** A secret and where it came from. */
  private record Sent(String address, Credentials account) {
    private Common here() {
      return new Common(address, account.accessKey());
    }
  }

  /** What failures have in common; null: any. */
  private record Common(@Nullable String address, @Nullable String accessKey) {}

  private record Failures(int count, long lastMs) {
    /** How long after the last one the next may come. */
    private long waitMs() {
      int beyond = count - FREE_GUESSES;
      return beyond < 0
          ? 0
          : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS << Math.min(beyond, Integer.SIZE / 2));
    }
  }

  /**
   * @param clockMs never jumps
   */
  public GuessThrottle(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /** Fails with a problem (429) if this secret may not be checked now. */
  void admit(String address, Credentials account) {
    Sent sent = new Sent(address, account);
    if (isAccepted(sent)) {
      if (!failures.isEmpty()) {
        require(waitMs(sent.here()));
      }
    } else if (failures.containsKey(sent)) {
      require(waitMs(sent));
    } else if (!underWay.contains(sent)) {
      admitGuess(sent);
    }
  }

  private void admitGuess(Sent sent) {
    long hereMs = waitMs(sent.here());
    long longestMs = hasRoom() ? 0 : FIRST_WAIT_MS;
    for (Common each : everywhere(sent)) {
      longestMs = Math.max(longestMs, waitMs(each));
    }
    if (longestMs > 0 && hereMs == 0 && failures.size() < MAX_FAILURES) {
      count(sent.here()); // or guesses that have to wait would find the right secret answered
    }
    require(longestMs);
  }

  /**
   * Counts an admitted check as failed until its end is told. False if there is nothing to count or to
   * tell: the secret was accepted before, or another event loop is about to ask.
   */
  boolean begin(String address, Credentials account) {
    Sent sent = new Sent(address, account);
    if (isAccepted(sent) || !underWay.add(sent)) {
      return false;
    }
    if (!failures.containsKey(sent)) {
      everywhere(sent).forEach(this::count);
    }
    count(sent);
    return true;
  }

  /** A broker accepted the secret. */
  void accepted(String address, Credentials account) {
    Sent sent = new Sent(address, account);
    failures.remove(sent);
    everywhere(sent).forEach(failures::remove);
    long nowMs = clockMs.getAsLong();
    if (accepted.size() >= MAX_ACCEPTED) {
      accepted.values().removeIf(usedMs -> nowMs - usedMs >= ACCEPTED_MS);
    }
    if (accepted.size() < MAX_ACCEPTED) {
      accepted.put(sent, nowMs);
    }
    underWay.remove(sent);
  }

  /** A broker refused the secret, whatever was said of it before. */
  void refused(String address, Credentials account) {
    Sent sent = new Sent(address, account);
    accepted.remove(sent);
    underWay.remove(sent);
  }

  /** Nobody could say whether it is right. */
  void undecided(String address, Credentials account) {
    Sent sent = new Sent(address, account);
    if (uncount(sent)) {
      everywhere(sent).forEach(this::uncount);
    }
    underWay.remove(sent);
  }

  /** Somebody came with a token that is none; fails with a problem (429) if he does so too often. */
  void badToken(String address) {
    Common key = new Common(address, OF_A_TOKEN);
    require(hasRoom() ? waitMs(key) : FIRST_WAIT_MS);
    count(key);
  }

  private static List<Common> everywhere(Sent sent) {
    return List.of(
        new Common(sent.address(), null),
        new Common(null, sent.account().accessKey()),
        sent.here());
  }

  private boolean isAccepted(Sent sent) {
    Long usedMs = accepted.get(sent);
    if (usedMs == null) {
      return false;
    }
    long idleMs = clockMs.getAsLong() - usedMs;
    if (idleMs >= RENEW_MS && idleMs < ACCEPTED_MS) {
      accepted.replace(sent, usedMs, usedMs + idleMs);
    }
    return idleMs < ACCEPTED_MS;
  }

  private long waitMs(Object key) {
    Failures before = failures.get(key);
    return before == null
        ? 0
        : Math.max(0, before.lastMs() + before.waitMs() - clockMs.getAsLong());
  }

  private void count(Object key) {
    long nowMs = clockMs.getAsLong();
    failures.compute(
        key,
        (ignored, before) ->
            before == null || nowMs - before.lastMs() >= FORGET_AFTER_MS
                ? new Failures(1, nowMs)
                : new Failures(before.count() + 1, nowMs));
  }

  /** Takes one back; true if it was the only one. */
  private boolean uncount(Object key) {
    return failures.computeIfPresent(
            key,
            (ignored, before) ->
                before.count() == 1 ? null : new Failures(before.count() - 1, before.lastMs()))
        == null;
  }

  /** Whether what a guess has in common with others can be counted. */
  private boolean hasRoom() {
    if (failures.size() >= MAX_FAILURES) {
      long nowMs = clockMs.getAsLong();
      failures.values().removeIf(each -> nowMs - each.lastMs() >= FORGET_AFTER_MS);
    }
    return failures.size() < MAX_FAILURES;
  }

  private static void require(long waitMs) {
    if (waitMs > 0) {
      throw new Problem(
              ProblemKind.TOO_MANY_REQUESTS,
              "Too many wrong secrets or tokens came from this address or for this account.",
              "Wait as long as Retry-After says, then try again.")
          .with("retryAfterSeconds", (waitMs + 999) / 1000);
    }
  }
}
