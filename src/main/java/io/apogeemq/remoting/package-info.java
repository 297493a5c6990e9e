/**
 * Sockets: frames in, dispatch by rows, frames out; and calls to other nodes, or without
 * a socket to one of this process ({@link io.apogeemq.remoting.Loopback}). Start at {@link
 * io.apogeemq.remoting.Route} for what a request is here, and at {@link
 * io.apogeemq.remoting.RemotingServer} for where it comes from.
 */
@NullMarked
package io.apogeemq.remoting;

import org.jspecify.annotations.NullMarked;
