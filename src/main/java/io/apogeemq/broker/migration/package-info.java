/**
 * Taking over the store folder of a RocketMQ broker: what in it this version can't go on with. Start at
 * {@link io.apogeemq.broker.migration.PendingWork}.
 */
@NullMarked
package io.apogeemq.broker.migration;

import org.jspecify.annotations.NullMarked;
