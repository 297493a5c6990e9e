package io.apogeemq.store.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the log in memory: the bytes [start, start + length) of one file. Counted references:
 * the cache holds one, every slice handed out holds one; the memory goes back to the cache's free list
 * with the last of them. The object itself is never used twice, so a late {@link #slice} of an evicted
 * page finds it dead instead of finding other bytes.
 */
final class Page {
  final long start;
  final int length;

  /** The same bytes for absolute reads and writes; big-endian. Only valid while a reference is held. */
  final ByteBuffer memory;

  /** Set by lookups, cleared by the cache's clock hand. Races are harmless. */
  boolean used;

  /** True if its bytes were read back: they may have changed on the disk. */
  final boolean fromDisk;

  private final Memory buffer;

  /**
   * @param whole memory of at least {@code length} bytes, given to {@code free} at the end
   */
  Page(long start, int length, boolean fromDisk, ByteBuffer whole, Consumer<ByteBuffer> free) {
    this.start = start;
    this.length = length;
    this.fromDisk = fromDisk;
    // A slice keeps its parent reachable, so slices of slices would pile up: only of the original.
    this.memory = whole.slice(0, length);
    this.buffer = new Memory(whole, length, free);
  }

  long end() {
    return start + length;
  }

  /** Takes a reference; false if the page is dead. */
  boolean retain() {
    try {
      buffer.retain();
      return true;
    } catch (IllegalReferenceCountException dead) {
      return false;
    }
  }

  void release() {
    buffer.release();
  }

  /** The bytes [from, from + size) with a reference of their own, or null if the page is dead. */
  @Nullable ByteBuf slice(long from, int size) {
    try {
      return buffer.retainedSlice((int) (from - start), size);
    } catch (IllegalReferenceCountException dead) {
      return null;
    }
  }

  /** Copies bytes of the page; a reference must be held. */
  void copy(long from, int size, ByteBuffer to, int at) {
    to.put(at, memory, (int) (from - start), size);
  }

  /** Gives its memory back instead of freeing it. */
  private static final class Memory extends UnpooledDirectByteBuf {
    private final ByteBuffer whole;
    private final Consumer<ByteBuffer> free;

    Memory(ByteBuffer whole, int length, Consumer<ByteBuffer> free) {
      // All is readable: which bytes are valid is the log's knowledge.
      super(UnpooledByteBufAllocator.DEFAULT, whole.slice(0, length), length);
      this.whole = whole;
      this.free = free;
    }

    @Override
    protected void deallocate() {
      super.deallocate();
      free.accept(whole);
    }
  }
}
