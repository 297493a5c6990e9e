package io.apogeemq.store.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Log bytes in memory, in pages of fixed size. Two halves, so that a backlog being read can't push out
 * the fresh tail nor the other way round: the tail's pages, which the appender fills and which fall
 * off by age, and pages that were read back, of which the least used goes first. Memory is taken when
 * first needed and used again.
 *
 * <p>Lookups are safe for all threads; {@link #newTail} belongs to the appender.
 */
public final class PageCache {
  private final CommitLog log;
  private final LogPositions positions;
  private final int pageSize;
  private final int maxTailPages;
  private final int maxColdPages;
  private final ConcurrentHashMap<Long, Page> pages = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, CountDownLatch> loading = new ConcurrentHashMap<>();
  private final ArrayDeque<Page> tail = new ArrayDeque<>();
  private final ArrayDeque<Page> cold = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
  private final AtomicInteger freeCount = new AtomicInteger();

  public PageCache(CommitLog log, LogPositions positions, int pageSize, int memoryBytes) {
    this.log = log;
    this.positions = positions;
    this.pageSize = Math.min(pageSize, log.segmentSize());
    this.maxTailPages = Math.max(2, memoryBytes / 2 / this.pageSize);
    this.maxColdPages = Math.max(2, memoryBytes / 2 / this.pageSize);
  }

  /** First position of the page that holds a position. Pages don't span files. */
  long startOf(long position) {
    long inSegment = position % log.segmentSize();
    return position - inSegment % pageSize;
  }

  /** How many pages one read may go over so that reads of other queues still find them: half of the cold ones. */
  int pagesOfAWalk() {
    return maxColdPages / 2;
  }

  /** The page that starts at a position, if it is in memory. */
  @Nullable Page find(long start) {
    Page page = pages.get(start);
    if (page != null) {
      page.used = true;
    }
    return page;
  }

  /**
   * A fresh page for the tail; its bytes are garbage until written. Evicts the oldest tail pages that
   * are on disk already.
   */
  Page newTail(long start) {
    while (tail.size() >= maxTailPages && tail.getFirst().end() <= positions.appended()) {
      drop(tail.removeFirst());
    }
    Page page = newPage(start, false);
    tail.addLast(page);
    Page before = pages.put(start, page);
    assert before == null : "tail page " + start + " is there already";
    return page;
  }

  /**
   * Reads a page from the disk into memory, or waits for another thread that is reading it. The page
   * may already be gone again when this returns.
   *
   * @return the page with a reference taken for the caller, or null if its file is gone
   */
  @Nullable Page load(long start) throws IOException {
    while (true) {
      Page there = pages.get(start);
      if (there != null && there.retain()) {
        return there;
      }
      CountDownLatch mine = new CountDownLatch(1);
      CountDownLatch other = loading.putIfAbsent(start, mine);
      if (other == null) {
        try {
          return read(start);
        } finally {
          loading.remove(start);
          mine.countDown();
        }
      }
      try {
        other.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while another thread reads the log", e);
      }
    }
  }

  /**
   * Reads one record from the disk into a page of its own, which no lookup finds.
   *
   * @return the page with its one reference for the caller, or null if its file is gone
   */
  @Nullable Page readAlone(long position, int size) throws IOException {
    ByteBuf memory = ByteBufAllocator.DEFAULT.directBuffer(size, size);
    Page page =
        new Page(position, size, true, memory.nioBuffer(0, size), whole -> memory.release());
    boolean found = false;
    try {
      found = log.read(position, page.memory.duplicate().clear());
    } finally {
      if (!found) {
        page.release();
      }
    }
    return found ? page : null;
  }

  /**
   * Loads the page behind one that was just read from the disk, if somebody is walking forward: the
   * page before it is in memory too. The next hot read then finds it.
   */
  void loadAhead(long justRead) throws IOException {
    long before = startOf(justRead - 1);
    long next =
        startOf(justRead + Math.min(pageSize, log.segmentSize() - justRead % log.segmentSize()));
    boolean written = next + pageSize <= positions.appended();
    if (justRead > 0 && written && pages.containsKey(before) && !pages.containsKey(next)) {
      Page page = load(next);
      if (page != null) {
        page.release();
      }
    }
  }

  private @Nullable Page read(long start) throws IOException {
    Page there = pages.get(start);
    if (there != null && there.retain()) {
      return there;
    }
    Page page = newPage(start, true);
    assert page.end() <= positions.appended() : "page " + start + " is still being written";
    boolean found = false;
    try {
      found = log.read(start, page.memory.duplicate().clear());
    } finally {
      if (!found) {
        page.release();
      }
    }
    if (!found) {
      return null;
    }
    page.retain();
    synchronized (cold) {
      while (cold.size() >= maxColdPages) {
        Page oldest = cold.removeFirst();
        if (oldest.used) {
          oldest.used = false;
          cold.addLast(oldest);
        } else {
          drop(oldest);
        }
      }
      cold.addLast(page);
      pages.put(start, page);
    }
    return page;
  }

  private Page newPage(long start, boolean fromDisk) {
    int length = (int) Math.min(pageSize, log.baseOf(start) + log.segmentSize() - start);
    ByteBuffer memory = free.poll();
    if (memory == null) {
      memory = ByteBuffer.allocateDirect(pageSize);
    } else {
      freeCount.decrementAndGet();
    }
    return new Page(start, length, fromDisk, memory, this::giveBack);
  }

  private void drop(Page page) {
    pages.remove(page.start, page);
    page.release();
  }

  private void giveBack(ByteBuffer memory) {
    if (freeCount.incrementAndGet() <= maxTailPages) {
      free.add(memory);
    } else {
      freeCount.decrementAndGet();
    }
  }
}
