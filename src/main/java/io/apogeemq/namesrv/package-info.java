/**
 * The name server: which brokers live, which topics they have. Brokers register by RocketMQ's own
 * requests, so that those of Apache 4.9 and 5.x can. Start at {@link
 * io.apogeemq.namesrv.RouteTable} for what is known, and at {@link io.apogeemq.namesrv.NameServer}
 * for how it is put together. Called by {@code app} only.
 */
@NullMarked
package io.apogeemq.namesrv;

import org.jspecify.annotations.NullMarked;
