package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;

/**
 * One request on its way: the command and the connection that it came on. Lives on the connection's
 * event loop. The command, and with it the body, is released when the handler's future has completed
 * and the answer has been written.
 *
 * @param connection who asks; a handler may keep it to send requests of its own
 * @param request the command; its body is valid until the handler's future completes
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public record Exchange(Connection connection, RemotingCommand request) {}
