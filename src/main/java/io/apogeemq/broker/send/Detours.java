package io.apogeemq.broker.send;

import io.apogeemq.broker.send.Detour.Parked;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import java.util.List;

/**
 * All detours of a broker: who parks what. Whoever puts a message into the log that may ask for one
 * (a client's send, a consumer's retry, a committed transaction) leads it through here. Immutable.
 */
public final class Detours {
  /** Serves nothing: every message that asks for something is refused. */
  public static final Detours NONE = new Detours(List.of());

  private final List<Detour> all;

  public Detours(List<Detour> all) {
    this.all = List.copyOf(all);
  }

  /**
   * What is stored in a message's place.
   *
   * @param allAsks {@link IncomingProperties#asks}; of a message that the broker makes: {@link #asksOf}
   * @throws Refused if its detour refuses it, or nobody serves what it asks for
   */
  public Parked park(MessageDraft draft, int allAsks) {
    int asks = allAsks;
    if (asks == 0) {
      return Parked.not(draft);
    }
    if (draft.reconsumeTimes() > 0 && (asks & Asks.DELAY_LEVEL) != 0) {
      // A committed message keeps TRAN_MSG; when its consumer has it retried it is no half message.
      asks &= ~Asks.TRANSACTION;
    }
    int first = Integer.lowestOneBit(asks);
    for (Detour detour : all) {
      if ((detour.serves() & first) != 0) {
        return detour.park(draft, asks);
      }
    }
    throw new Refused(
        ResponseCode.MESSAGE_ILLEGAL,
        "this version does not serve messages with the property "
            + Asks.name(asks)
            + " yet; the message was not stored. Send it without, or to another broker.");
  }

  /** The bits of {@link Asks} in an encoded property string. */
  public static int asksOf(byte[] properties) {
    return IncomingProperties.of(properties, new byte[0]).asks();
  }
}
