package io.apogeemq.gateway.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that bodies may take, those of all requests and of large answers of this process together. A
 * body is charged as its bytes arrive, whatever length it has promised, and stays charged while what was made
 * of it is under way.
 *
 * <p>What is charged is never more than the limit. A body takes up to twice its bytes while it grows, and a
 * message once more in the frame that carries it. One for all event loops; safe for any thread.
 */
public final class BodyBudget {
  /** What a message that is under way takes beside its bytes, roughly. */
  public static final int MESSAGE_BYTES = 512;

  /** So many who want less may pass somebody who wants much. */
  private static final int MOST_PASSING = 64;

  /** So many are looked at when something was given back. */
  private static final int LOOKED_AT = 16;

  private final long limitBytes;
  private final AtomicLong used = new AtomicLong();

  /** In the order in which they came; at most one of each open stream. Guarded by this. */
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  /** Whether anybody waits, so that nobody has to ask who gives back. */
  private volatile boolean awaited;

  /** Somebody who waits for room. Equal only to itself. */
  public static final class Waiting {
    private final long bytes;
    private final Context context;
    private final Runnable then;

    /** How many have passed. Guarded by the budget. */
    private int passedBy;

    /** Read and written on the context only. */
    private boolean left;

    private Waiting(long bytes, Context context, Runnable then) {
      this.bytes = bytes;
      this.context = context;
      this.then = then;
    }
  }

  public BodyBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** All that may be taken. */
  public long limitBytes() {
    return limitBytes;
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

  /** Gives taken bytes back: to whoever waits first, or behind him to those who want less, a number of times. */
  public void give(long bytes) {
    used.addAndGet(-bytes);
    if (awaited) {
      serve();
    }
  }

  /** Takes so many bytes as soon as there are as many left, and then runs this, on the caller's event loop. */
  public Waiting await(long bytes, Runnable then) {
    Waiting last = new Waiting(bytes, Objects.requireNonNull(Vertx.currentContext()), then);
    synchronized (this) {
      waiting.add(last);
      awaited = true;
    }
    serve(); // or what was given back meanwhile would wait for somebody to wait for it
    return last;
  }

  /** Stops waiting, on the event loop that did. */
  public void leave(Waiting who) {
    who.left = true;
    synchronized (this) {
      waiting.remove(who);
      awaited = !waiting.isEmpty();
    }
    serve(); // it may have stood before others who want less
  }

  private synchronized void serve() {
    List<Waiting> passed = new ArrayList<>();
    Iterator<Waiting> first = waiting.iterator();
    while (first.hasNext() && passed.size() < LOOKED_AT) {
      Waiting each = first.next();
      if (take(each.bytes)) {
        first.remove();
        awaited = !waiting.isEmpty();
        each.context.runOnContext(ignored -> served(each));
        passed.forEach(one -> one.passedBy++);
        if (!passed.isEmpty() && passed.get(0).passedBy >= MOST_PASSING) {
          return;
        }
      } else if (each.passedBy >= MOST_PASSING) {
        return;
      } else {
        passed.add(each);
      }
    }
  }

  private void served(Waiting who) {
    if (who.left) {
      give(who.bytes);
    } else {
      who.then.run();
    }
  }

  private boolean lacks(long bytes) {
    return bytes > limitBytes - used.get();
  }

  /** What somebody is told whose body finds no room. */
  public Problem full() {
    return new Problem(
            ProblemKind.UNAVAILABLE,
            "The gateway holds as many bytes of bodies, sends and answers under way as it may.",
            "Try again after a moment; if this comes often, raise gatewayBodyMemoryBytes.")
        .with("limitBytes", limitBytes);
  }

  /** What one request has taken. Belongs to its event loop. */
  static final class Charge {
    private final BodyBudget budget;
    private long bytes;
    private boolean closed;

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
      if (closed) { // what was asked for while the request failed may come later
        throw new IllegalStateException("the request is over");
      }
      if (!budget.take(more)) {
        throw budget.full();
      }
      bytes += more;
    }

    /** Gives all back, and takes nothing any more. */
    void close() {
      closed = true;
      release();
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
