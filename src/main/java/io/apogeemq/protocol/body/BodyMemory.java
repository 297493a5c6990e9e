package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.MalformedRequest;

/**
 * How much memory reading one body may take: a share of the heap, because a few bytes of a document
 * can cost a hundred in memory, and whoever can connect can send one. Readers charge an estimate, rather
 * too high than too low, before they allocate. What the values become (records) may take as much once
 * more, and the share leaves room for that.
 *
 * <p>Used by one thread.
 */
final class BodyMemory {
  /** One body may take this part of the heap. */
  private static final int HEAP_PARTS = 6;

  /** More than any body within the longest frame needs: about 100,000 topics as JSON. */
  private static final long MAX_BYTES = 256L << 20;

  /** A reference, a string and its characters, without these; in a 64-bit process. */
  static final int TEXT_BYTES = 64;

  /** An empty map with its first table and wrappers. */
  static final int OBJECT_BYTES = 192;

  /** An entry of such a map and its part of a growing table; without name and value. */
  static final int MEMBER_BYTES = 56;

  /** An empty list with its first items and wrappers. */
  static final int ARRAY_BYTES = 120;

  /** An item's part of a growing list; without the item. */
  static final int ITEM_BYTES = 16;

  /** Of a body's byte in UTF-8 while it becomes text: a copy, and a character of two bytes. */
  static final int DECODED_BYTES = 3;

  private final long limitBytes;
  private long usedBytes;

  BodyMemory(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** For a body from a connection. */
  static BodyMemory ofOneBody() {
    return new BodyMemory(Math.min(Runtime.getRuntime().maxMemory() / HEAP_PARTS, MAX_BYTES));
  }

  /** For our own files and records. */
  static BodyMemory unlimited() {
    return new BodyMemory(Long.MAX_VALUE);
  }

  /**
   * Memory is about to be used.
   *
   * @throws MalformedRequest if that would be over the limit
   */
  void charge(long bytes) {
    usedBytes += bytes;
    if (usedBytes > limitBytes) {
      throw new MalformedRequest(
          "reading this body would take more than "
              + limitBytes
              + " bytes of memory, a share of the heap; send less at a time, or use a larger heap");
    }
  }

  /** Charges a text of so many characters. */
  void chargeText(int chars) {
    charge(TEXT_BYTES + 2L * chars);
  }
}
