/**
 * Looking at a store folder that no broker runs on: checking it, printing its records, building its
 * index anew. For the command line. Start at {@link io.apogeemq.store.inspect.StoreFolder}.
 */
@NullMarked
package io.apogeemq.store.inspect;

import org.jspecify.annotations.NullMarked;
