package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: the command and the connection that it came on. Lives on the connection's
 * event loop. The command, and with it the body, is released when the handler's future has completed
 * and the answer has been written.
 *
 * @param connection who asks; a handler may keep it to send requests of its own
 * @param request the command; its body is valid until the handler's future completes
 * @param caller whom the gate has let in; null where there is none. For a handler that finds out only
 *     later what a request is about; everything else is asked by the row
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public record Exchange(Connection connection, RemotingCommand request, @Nullable Caller caller) {
  /** A request that has just come. */
  public Exchange(Connection connection, RemotingCommand request) {
    this(connection, request, null);
  }
}
