package io.apogeemq.broker.filter.sql;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one message that an expression asks for, each in a slot, found in one pass over the
 * encoded bytes ({@link Properties}); of a name that comes twice the last value counts. Used again for
 * one message after the other; confined to its thread. No map and, as long as a condition works on
 * bytes, no text is made.
 */
final class PropertyValues {
  /** Parts of an expression that may be asked, and pieces of 16 bytes looked at, for one message. */
  static final int MAX_STEPS = 64 * 1024;

  private static final int BYTES_PER_STEP = 16;
  private static final int MISSING = -1;

  private byte[] bytes = new byte[1024];
  private int length;
  private int[] starts = new int[8];
  private int[] ends = new int[8];
  private int stepsLeft;

  /** Which name has which slot. Immutable: one for each expression. */
  static final class Slots {
    private final byte[][] names;
    private final int[] slotOfHash; // open addressing; -1 is empty
    private final int mask;

    Slots(List<String> names) {
      this.names =
          names.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
      int size = Integer.highestOneBit(Math.max(4, 4 * this.names.length));
      slotOfHash = new int[size];
      mask = size - 1;
      Arrays.fill(slotOfHash, -1);
      for (int slot = 0; slot < this.names.length; slot++) {
        int at = hash(this.names[slot], 0, this.names[slot].length) & mask;
        while (slotOfHash[at] >= 0) {
          at = at + 1 & mask;
        }
        slotOfHash[at] = slot;
      }
    }

    int count() {
      return names.length;
    }

    private int slotOf(byte[] from, int start, int end, int hash) {
      for (int at = hash & mask; slotOfHash[at] >= 0; at = at + 1 & mask) {
        byte[] name = names[slotOfHash[at]];
        if (Arrays.equals(name, 0, name.length, from, start, end)) {
          return slotOfHash[at];
        }
      }
      return -1;
    }

    private static int hash(byte[] from, int start, int end) {
      int hash = 0;
      for (int i = start; i < end; i++) {
        hash = 31 * hash + from[i];
      }
      return hash;
    }
  }

  /** Takes the properties of a record that the view lies on. */
  void read(MessageView record, Slots slots) {
    length = record.propertiesLength();
    if (bytes.length < length) {
      bytes = new byte[Math.max(2 * bytes.length, length)];
    }
    record.copyProperties(bytes);
    find(slots);
  }

  private void find(Slots slots) {
    stepsLeft = MAX_STEPS;
    int count = slots.count();
    if (starts.length < count) {
      starts = new int[count];
      ends = new int[count];
    }
    Arrays.fill(starts, 0, count, MISSING);
    int at = 0;
    while (at < length) {
      int hash = 0;
      int split = at;
      byte sign = 0;
      for (; split < length; split++) {
        sign = bytes[split];
        if (sign == Properties.NAME_END || sign == Properties.VALUE_END) {
          break;
        }
        hash = 31 * hash + sign;
      }
      if (split == length || sign == Properties.VALUE_END) {
        at = split + 1; // a piece without a value
        continue;
      }
      int end = split + 1;
      while (end < length && bytes[end] != Properties.VALUE_END) {
        end++;
      }
      int slot = slots.slotOf(bytes, at, split, hash);
      if (slot >= 0) {
        starts[slot] = split + 1;
        ends[slot] = end;
      }
      at = end + 1;
    }
  }

  boolean isMissing(int slot) {
    return starts[slot] == MISSING;
  }

  /** The value as a text, null if the message lacks the property. */
  @Nullable String text(int slot) {
    if (isMissing(slot)) {
      return null;
    }
    step(size(slot));
    return new String(bytes, starts[slot], size(slot), StandardCharsets.UTF_8);
  }

  /** True if the value is this text. The property is there. */
  boolean equals(int slot, byte[] utf8) {
    step(1 + utf8.length / BYTES_PER_STEP);
    return Arrays.equals(bytes, starts[slot], ends[slot], utf8, 0, utf8.length);
  }

  boolean startsWith(int slot, byte[] utf8) {
    return size(slot) >= utf8.length && same(starts[slot], utf8);
  }

  boolean endsWith(int slot, byte[] utf8) {
    return size(slot) >= utf8.length && same(ends[slot] - utf8.length, utf8);
  }

  boolean contains(int slot, byte[] utf8) {
    int last = ends[slot] - utf8.length;
    byte first = utf8[0];
    for (int at = starts[slot]; at <= last; at++) {
      if (bytes[at] == first && same(at, utf8)) {
        return true;
      }
    }
    step(size(slot) / BYTES_PER_STEP);
    return false;
  }

  private boolean same(int at, byte[] utf8) {
    step(1 + utf8.length / BYTES_PER_STEP);
    return Arrays.equals(bytes, at, at + utf8.length, utf8, 0, utf8.length);
  }

  /**
   * The value as a whole number, if it is a plain one of at most 18 digits with or without a minus sign;
   * else {@link Long#MIN_VALUE}, which no such number is.
   */
  long plainNumber(int slot) {
    step(1);
    int at = starts[slot];
    int end = ends[slot];
    boolean minus = at < end && bytes[at] == '-';
    if (minus) {
      at++;
    }
    if (at == end || end - at > 18) {
      return Long.MIN_VALUE;
    }
    long number = 0;
    for (; at < end; at++) {
      int digit = bytes[at] - '0';
      if (digit < 0 || digit > 9) {
        return Long.MIN_VALUE;
      }
      number = 10 * number + digit;
    }
    return minus ? -number : number;
  }

  private int size(int slot) {
    return ends[slot] - starts[slot];
  }

  /**
   * Counts work done for this message. What costs too much is refused instead of passing over a message
   * that may be wanted.
   */
  void step(int steps) {
    stepsLeft -= steps;
    if (stepsLeft < 0) {
      throw new Refused(
          ResponseCode.SYSTEM_ERROR,
          "the SQL92 expression needs more than "
              + MAX_STEPS
              + " steps on one message. Subscribe with a shorter one, or send shorter properties.");
    }
  }
}
