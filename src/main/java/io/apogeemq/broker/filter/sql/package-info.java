/**
 * The SQL92 expressions of RocketMQ's consumers. {@link io.apogeemq.broker.filter.sql.SqlSelection}
 * compiles one and asks it about records; {@link io.apogeemq.broker.filter.sql.SqlParser} is the
 * grammar. Knows nothing of groups, topics and requests.
 */
@NullMarked
package io.apogeemq.broker.filter.sql;

import org.jspecify.annotations.NullMarked;
