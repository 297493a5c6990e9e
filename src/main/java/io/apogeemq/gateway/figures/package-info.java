/**
 * What goes on in the cluster: figures by the second and by the minute, what is wrong with it, and the
 * brokers with their configuration. Start at {@link io.apogeemq.gateway.figures.LiveFigures}, which asks
 * the brokers.
 */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.figures;
