package io.apogeemq.broker.send;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.remoting.Refused;
import org.jspecify.annotations.Nullable;

/**
 * The way of messages that don't go to their topic at once: they are <em>parked</em> under an internal
 * topic, and the room that answers for it delivers them later. Asked on every broker loop, so it is
 * safe to share and doesn't wait.
 */
public interface Detour {
  /** The bits of {@link Asks} that it serves. */
  int serves();

  /**
   * What is stored in a message's place; the message itself if it need not be parked after all (a time
   * that has passed).
   *
   * @param draft bound for its real topic and queue
   * @param asks all that its properties ask for
   * @throws Refused saying what is wrong and what helps; nothing is stored then
   */
  Parked park(MessageDraft draft, int asks);

  /**
   * What is stored.
   *
   * @param recallHandle what the sender can take the message back with, null if it can't
   */
  record Parked(MessageDraft draft, @Nullable String recallHandle) {
    /** To be stored as it is. */
    public static Parked not(MessageDraft draft) {
      return new Parked(draft, null);
    }
  }
}
