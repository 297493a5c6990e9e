/**
 * What this process counts, in Micrometer's registry, and how that is told to Prometheus. Start at {@link
 * io.apogeemq.gateway.metrics.ProcessMeters}.
 */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.metrics;
