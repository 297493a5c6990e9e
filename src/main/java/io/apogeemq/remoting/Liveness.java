package io.apogeemq.remoting;

/**
 * Whether a connection is open, for those who remember it for longer than it lives: they keep this and
 * not the connection with its buffers. One per connection; two are of the same connection only if they
 * are the same object. Safe for all threads.
 */
public final class Liveness {
  private volatile boolean open = true;

  public boolean isOpen() {
    return open;
  }

  /** It is gone, and does not come back. By the connection itself, or by who stands in for one. */
  public void ended() {
    open = false;
  }
}
