/**
 * The official clients, tools and servers against ours. They run as processes with class paths of
 * their own, exactly as published, because they stand on another Netty; what they are told to do
 * inside their process is in {@code src/test/compat-programs}, compiled against each version.
 *
 * <p>{@code -Dcompat.target=apache49} (or {@code apache55}) runs the same tests against Apache's
 * servers: what fails there asks for something that the original does not do. {@code
 * -Dcompat.matrix=full} runs every client version in every shape instead of a selection. Start at
 * {@link io.apogeemq.compat.Cluster}.
 */
@NullMarked
package io.apogeemq.compat;

import org.jspecify.annotations.NullMarked;
