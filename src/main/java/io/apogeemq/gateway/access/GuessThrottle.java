package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.access.ExpiringMap.Entry;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes guessing secrets slow. Failures in a row are counted by what they have in common: the address,
 * the account, and both; after a few the next must wait, each time twice as long.
 *
 * <ul>
 *   <li>A secret that is seen for the first time from an address waits for all three: up to a minute for
 *       what failed at this address, and for what failed elsewhere only seconds, so that strangers who
 *       guess at an account don't keep its owners out.
 *   <li>One that a broker has accepted from this address never waits: behind a proxy all have one
 *       address. So somebody who guesses at this address at this account knows the right secret by
 *       its being answered.
 *   <li>One that was refused before is no new guess, and waits only for itself: a program that goes on
 *       with an old secret does not keep out those who have the new one.
 * </ul>
 *
 * <p>A check counts as failed from its beginning, so that many at once gain nothing, and a success
 * forgets what failed before it. What has to wait is not checked and does not count: it lengthens no wait
 * and takes no room, so an address has no more entries than it was granted checks. Bounded, by dropping
 * the oldest; safe for any thread.
 *
 * <p>Tokens and tickets are not counted: they are of 128 bits, which nobody guesses, and where a gateway has
 * begun anew all its clients come with those of before, and must hear that they need others.
 */
public final class GuessThrottle {
  private static final int FREE_GUESSES = 5;
  private static final long FIRST_WAIT_MS = 1_000;
  private static final long LONGEST_WAIT_MS = 60_000;

  /** For failures at an account from wherever. */
  private static final long LONGEST_WAIT_OF_ACCOUNT_MS = 5_000;

  private static final long FORGET_AFTER_MS = 15 * 60_000;
  private static final int MAX_FAILURES = 20_000;

  /** As long as a session lives. */
  private static final long ACCEPTED_MS = Sessions.LIFE_MS;

  private static final long RENEW_MS = 60_000;
  private static final int MAX_ACCEPTED = 20_000;

  private final LongSupplier clockMs;

  /** By {@link Sent} and {@link Common}: how many in a row. */
  private final ExpiringMap<Object, Integer> failures;

  /** The secrets; written when they were used, now and then. */
  private final ExpiringMap<Sent, Boolean> accepted;

  /** Secret → what was counted when its check began. */
  private final Map<Sent, List<Object>> underWay = new ConcurrentHashMap<>();

  /** A secret and where it came from. */
  private record Sent(String address, Credentials account) {}

  /** What failures have in common; null: any. */
  private record Common(@Nullable String address, @Nullable String accessKey) {}

  /**
   * @param clockMs never jumps
   */
  public GuessThrottle(LongSupplier clockMs) {
    this.clockMs = clockMs;
    failures = new ExpiringMap<>(MAX_FAILURES, FORGET_AFTER_MS, clockMs);
    accepted = new ExpiringMap<>(MAX_ACCEPTED, ACCEPTED_MS, clockMs);
  }

  /** Fails with a problem (429) if this secret may not be checked now. */
  void admit(String address, Credentials account) {
    Sent sent = new Sent(address, account);
    if (isAccepted(sent)) {
      return;
    }
    if (failures.get(sent) != null) {
      require(waitMs(sent, LONGEST_WAIT_MS));
    } else if (!underWay.containsKey(sent)) {
      require(
          Math.max(
              Math.max(
                  waitMs(ofAddress(sent), LONGEST_WAIT_MS), waitMs(ofBoth(sent), LONGEST_WAIT_MS)),
              waitMs(ofAccount(sent), LONGEST_WAIT_OF_ACCOUNT_MS)));
    }
  }

  /**
   * Counts an admitted check as failed until its end is told. False if there is nothing to count or to
   * tell: the secret was accepted before, or another event loop is about to ask.
   */
  boolean begin(String address, Credentials account) {
    Sent sent = new Sent(address, account);
    if (isAccepted(sent)) {
      return false;
    }
    List<Object> counted =
        failures.get(sent) == null
            ? List.of(sent, ofAddress(sent), ofAccount(sent), ofBoth(sent))
            : List.of(sent);
    if (underWay.putIfAbsent(sent, counted) != null) {
      return false;
    }
    counted.forEach(this::count);
    return true;
  }

  /** A broker accepted the secret. */
  void accepted(String address, Credentials account) {
    Sent sent = new Sent(address, account);
    List.of(sent, ofAddress(sent), ofAccount(sent), ofBoth(sent)).forEach(failures::remove);
    accepted.merge(sent, true, (before, now) -> now);
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
    List<Object> counted = underWay.remove(new Sent(address, account));
    if (counted != null) {
      counted.forEach(each -> failures.correct(each, count -> count == 1 ? null : count - 1));
    }
  }

  /** How many failures and accepted secrets are held, some perhaps over. */
  int held() {
    return failures.size() + accepted.size();
  }

  private static Common ofAddress(Sent sent) {
    return new Common(sent.address(), null);
  }

  private static Common ofAccount(Sent sent) {
    return new Common(null, sent.account().accessKey());
  }

  private static Common ofBoth(Sent sent) {
    return new Common(sent.address(), sent.account().accessKey());
  }

  private boolean isAccepted(Sent sent) {
    Entry<Boolean> used = accepted.get(sent);
    if (used != null && clockMs.getAsLong() - used.writtenMs() >= RENEW_MS) {
      accepted.renew(sent);
    }
    return used != null;
  }

  /** How long from now until the next may come. */
  private long waitMs(Object key, long longestMs) {
    Entry<Integer> before = failures.get(key);
    if (before == null || before.value() < FREE_GUESSES) {
      return 0;
    }
    int beyond = before.value() - FREE_GUESSES;
    long wholeMs = Math.min(longestMs, FIRST_WAIT_MS << Math.min(beyond, Integer.SIZE / 2));
    return Math.max(0, before.writtenMs() + wholeMs - clockMs.getAsLong());
  }

  private void count(Object key) {
    failures.merge(key, 1, Integer::sum);
  }

  private static void require(long waitMs) {
    if (waitMs > 0) {
      throw new Problem(
              ProblemKind.TOO_MANY_REQUESTS,
              "Too many wrong secrets came from this address or for this account.",
              "Wait as long as Retry-After says, then try again.")
          .with("retryAfterSeconds", (waitMs + 999) / 1000);
    }
  }
}
