package io.apogeemq.thread;

/** The whole list of threads that run our code. A class or method names its thread by {@link RunsOn}. */
public enum ThreadRole {
  /** A Vert.x event loop: owns sockets, never waits for a disk, a lock held long, or another thread. */
  EVENT_LOOP,
  /** The one thread that writes the tail of the commit log, assigns queue offsets and fills the index. */
  APPENDER,
  /** The one thread that forces written bytes to the disk and moves the flushed position. */
  FLUSHER,
  /** Writes index blocks and sealed index files beside the appends; prepares the next segment file. */
  SEALER,
  /** A small pool that reads what is no longer in memory. */
  READER,
  /** The worker that saves tables, expires clients and registers with name servers. */
  UPKEEP,
  /** Threads of an application that uses the client, and the main thread of a command. */
  CALLER
}
