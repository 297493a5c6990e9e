/**
 * A RocketMQ client on Vert.x futures: routes, producer, pull and push consumer, admin calls. Works
 * against ApogeeMQ and against Apache RocketMQ alike, since both speak the same protocol. The
 * gateway, the console and the command line sit on it; applications may, too.
 *
 * <p>Start at {@link io.apogeemq.client.ApogeeClient}. One client owns one event loop, on which all its
 * state lives and its futures complete; its methods may be called from any thread.
 */
@NullMarked
package io.apogeemq.client;

import org.jspecify.annotations.NullMarked;
