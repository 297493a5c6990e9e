/**
 * How far consumer groups have come. Start at {@link io.apogeemq.broker.offset.OffsetTable}.
 */
@NullMarked
package io.apogeemq.broker.offset;

import org.jspecify.annotations.NullMarked;
