package io.apogeemq.broker.pop;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.util.Arrays;

/**
 * One step of a {@link PopLedger}, as it stands in the state log: short text, words separated by
 * spaces.
 *
 * <pre>
 * h FROM TO POPTIME INVISIBLE OFFSETS   looked at [FROM, TO), handed out OFFSETS (left out: all of them)
 * a OFFSETS                             acknowledged, or copied to where they are consumed again
 * c OFFSET POPTIME INVISIBLE            another lease for a message that is out
 * m OFFSET                              the group goes on there, whatever was out
 * </pre>
 *
 * <p>Each says what is, not by how much it changed: replayed again from any earlier step on, even over a
 * newer state, they end in the same state.
 */
sealed interface LedgerEvent {

  /** Appends this event as text. */
  void appendTo(StringBuilder out);

  /**
   * @param offsets ascending, within [from, to)
   * @param popTimeMs time of day; with the offset it names the lease
   */
  record HandedOut(long from, long to, long popTimeMs, long invisibleMs, long[] offsets)
      implements LedgerEvent {
    @Override
    public void appendTo(StringBuilder out) {
      out.append("h ").append(from).append(' ').append(to);
      out.append(' ').append(popTimeMs).append(' ').append(invisibleMs);
      if (offsets.length != to - from) {
        out.append(' ');
        OffsetRuns.append(out, offsets, offsets.length);
      }
    }
  }

  /** {@code offsets}: ascending. */
  record Acknowledged(long[] offsets) implements LedgerEvent {
    @Override
    public void appendTo(StringBuilder out) {
      out.append("a ");
      OffsetRuns.append(out, offsets, offsets.length);
    }
  }

  /** A lease is changed. */
  record Changed(long offset, long popTimeMs, long invisibleMs) implements LedgerEvent {
    @Override
    public void appendTo(StringBuilder out) {
      out.append("c ").append(offset).append(' ').append(popTimeMs);
      out.append(' ').append(invisibleMs);
    }
  }

  /** The group's place in the queue was set. */
  record Moved(long offset) implements LedgerEvent {
    @Override
    public void appendTo(StringBuilder out) {
      out.append("m ").append(offset);
    }
  }

  /** Throws {@link MalformedRequest} for what is no event. */
  static LedgerEvent parse(String text) {
    String[] words = text.split(" ", -1);
    try {
      switch (words[0]) {
        case "h" -> {
          long from = Long.parseLong(words[1]);
          long to = Long.parseLong(words[2]);
          long[] offsets =
              words.length > 5 ? OffsetRuns.parse(words[5]) : OffsetRuns.parse(all(from, to));
          return new HandedOut(
              from, to, Long.parseLong(words[3]), Long.parseLong(words[4]), offsets);
        }
        case "a" -> {
          return new Acknowledged(OffsetRuns.parse(words[1]));
        }
        case "c" -> {
          return new Changed(
              Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
        }
        case "m" -> {
          return new Moved(Long.parseLong(words[1]));
        }
        default -> throw new MalformedRequest("not an event of a pop ledger: " + text);
      }
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new MalformedRequest("not an event of a pop ledger: " + text);
    }
  }

  private static String all(long from, long to) {
    return from == to ? "" : from + "-" + (to - 1);
  }

  /** Sorts what may have come in any order. */
  static Acknowledged acknowledged(long[] offsets, int count) {
    long[] sorted = Arrays.copyOf(offsets, count);
    Arrays.sort(sorted);
    return new Acknowledged(sorted);
  }
}
