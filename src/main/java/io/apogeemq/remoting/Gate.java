package io.apogeemq.remoting;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;

/** Stands before all handlers of a port and finds out who calls. Safe to share between event loops. */
public interface Gate {
  /**
   * Who sent a request, one-way or not, of a known code or not; its header has not been read yet.
   *
   * @throws Refused if nobody knows the caller, or it can't prove who it is
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  Caller identify(Exchange from) throws Refused;
}
