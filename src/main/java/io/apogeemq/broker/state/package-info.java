/**
 * State that must survive: topics, groups and offsets as records of an internal topic, applied by one
 * replay path live and at restart, with RocketMQ's JSON tables as its checkpoint. Start at {@link
 * io.apogeemq.broker.state.StateLog}.
 */
@NullMarked
package io.apogeemq.broker.state;

import org.jspecify.annotations.NullMarked;
