/** What a gateway counts, and how it tells that to monitoring. */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.metrics;
