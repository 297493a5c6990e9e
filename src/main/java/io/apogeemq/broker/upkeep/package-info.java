/**
 * What happens now and then: saving tables, expiring clients, registering with name servers; and the
 * requests about the broker as a whole. Start at {@code Upkeep}.
 */
@NullMarked
package io.apogeemq.broker.upkeep;

import org.jspecify.annotations.NullMarked;
