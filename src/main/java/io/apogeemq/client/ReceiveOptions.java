package io.apogeemq.client;

import org.jspecify.annotations.Nullable;

/** What {@link PopConsumer#receive} takes, and for how long. */
public final class ReceiveOptions {
  /** Brokers give no more by one request. */
  private static final int MOST_MESSAGES = 32;

  private Filter wanted = Filter.ALL;
  private int maxMessages = MOST_MESSAGES;
  private long invisibleMs = 60_000;
  private long waitMs;
  private boolean ordered;
  private boolean fromFirst = true;
  private @Nullable String attemptId;

  public ReceiveOptions() {}

  public Filter getWanted() {
    return wanted;
  }

  /** Which messages; all by default. */
  public ReceiveOptions setWanted(Filter expression) {
    wanted = expression;
    return this;
  }

  public int getMaxMessages() {
    return maxMessages;
  }

  /** How many at most, up to 32. */
  public ReceiveOptions setMaxMessages(int count) {
    if (count > MOST_MESSAGES) {
      throw new IllegalArgumentException(
          "maxMessages must be at most " + MOST_MESSAGES + ", not " + count);
    }
    maxMessages = OptionRules.atLeast(1, count, "maxMessages");
    return this;
  }

  public long getInvisibleMs() {
    return invisibleMs;
  }

  /** After this time a message that was not acknowledged is given to anybody again. */
  public ReceiveOptions setInvisibleMs(long ms) {
    invisibleMs = OptionRules.atLeast(1, ms, "invisibleMs");
    return this;
  }

  public long getWaitMs() {
    return waitMs;
  }

  /** How long to wait if there is no message; 0: not at all. */
  public ReceiveOptions setWaitMs(long ms) {
    waitMs = OptionRules.atLeast(0, ms, "waitMs");
    return this;
  }

  public boolean isOrdered() {
    return ordered;
  }

  /** True: of a queue one batch is out at a time, and the next comes when it was acknowledged. */
  public ReceiveOptions setOrdered(boolean inOrder) {
    ordered = inOrder;
    return this;
  }

  public boolean isFromFirst() {
    return fromFirst;
  }

  /** Where a group that is new to a queue begins: at its first message, or at its end. */
  public ReceiveOptions setFromFirst(boolean first) {
    fromFirst = first;
    return this;
  }

  public @Nullable String getAttemptId() {
    return attemptId;
  }

  /** Names an ordered receive: asked again after a lost answer, it is given the same batch. */
  public ReceiveOptions setAttemptId(@Nullable String id) {
    attemptId = id;
    return this;
  }
}
