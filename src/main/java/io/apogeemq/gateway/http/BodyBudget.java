package io.apogeemq.gateway.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that bodies may take, those of all requests of this process together. A body is charged as its
 * bytes arrive, whatever length it has promised, and stays charged while what was made of it is under way.
 *
 * <p>What is charged is never more than the limit. A body takes up to twice its bytes while it grows, and a
 * message once more in the frame that carries it. One for all event loops; safe for any thread.
 */
public final class BodyBudget {
  /** What a message that is under way takes beside its bytes, roughly. */
  public static final int MESSAGE_BYTES = 512;

  private final long limitBytes;
  private final AtomicLong used = new AtomicLong();

  public BodyBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Takes so many bytes; false, and nothing is taken, if there are not as many left. */
  public boolean take(long bytes) {
    long now = used.get();
    while (bytes <= limitBytes - now) {
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
      now = used.get();
    }
    return false;
  }

  /** Gives taken bytes back. */
  public void give(long bytes) {
    used.addAndGet(-bytes);
  }

  private boolean lacks(long bytes) {
    return bytes > limitBytes - used.get();
  }

  /** What somebody is told whose body finds no room. */
  public Problem full() {
    return new Problem(
            ProblemKind.UNAVAILABLE,
            "The gateway holds as many bytes of bodies and sends under way as it may.",
            "Try again after a moment; if this comes often, raise gatewayBodyMemoryBytes.")
        .with("limitBytes", limitBytes);
  }

  /** What one request has taken. Belongs to its event loop. */
  static final class Charge {
    private final BodyBudget budget;
    private long bytes;

    Charge(BodyBudget budget) {
      this.budget = budget;
    }

    /** Takes nothing; fails with a problem (503) if so much more has no chance. */
    void expect(long more) {
      if (budget.lacks(more)) {
        throw budget.full();
      }
    }

    /** Takes more; fails with a problem (503) if there is no room. */
    void add(long more) {
      if (!budget.take(more)) {
        throw budget.full();
      }
      bytes += more;
    }

    /** Gives all back; more may be taken afterwards. */
    void release() {
      if (bytes > 0) {
        budget.give(bytes);
        bytes = 0;
      }
    }
  }
}
