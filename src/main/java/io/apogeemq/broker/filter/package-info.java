/**
 * Which messages a consumer wants: by tags on the index, by SQL92 on the properties. Start at {@link
 * io.apogeemq.broker.filter.Filters}; pulls and pops ask it.
 */
@NullMarked
package io.apogeemq.broker.filter;

import org.jspecify.annotations.NullMarked;
