/**
 * A RocketMQ client for Vert.x, which is also a library of its own (jar with classifier {@code client},
 * docs/CLIENT.md). Works against ApogeeMQ and against Apache RocketMQ alike, since both speak the same
 * protocol. The gateway, the console and the command line sit on it.
 *
 * <p>Start at {@link io.apogeemq.client.ApogeeClient}. One client owns one event loop, on which all its
 * state lives; its methods may be called from any thread, and answer on the context that called.
 *
 * <ul>
 *   <li>Sending: {@link io.apogeemq.client.Producer}, below it {@code Sending} (one message, all its
 *       tries), {@code Lingering} (batches), {@code KeyOrder}; {@link
 *       io.apogeemq.client.TransactionProducer}, {@code Requests} (request-reply).
 *   <li>Consuming: {@link io.apogeemq.client.PushConsumer} and its parts, {@link
 *       io.apogeemq.client.MessageStream}, {@link io.apogeemq.client.PullConsumer}, {@link
 *       io.apogeemq.client.PopConsumer}.
 *   <li>Administration: {@link io.apogeemq.client.Admin}, {@link io.apogeemq.client.GroupAdmin}, {@link
 *       io.apogeemq.client.MessageQuery}.
 *   <li>Below all: {@code Calls} (requests), {@code Routes}, {@code Membership} (heartbeats), {@code
 *       BrokerNotices} (what brokers ask us), {@code Loop}.
 * </ul>
 */
@NullMarked
package io.apogeemq.client;

import org.jspecify.annotations.NullMarked;
