/**
 * Short programs on the Vert.x client, referred to by docs/CLIENT.md. Each is a verticle that is told
 * by its configuration where the name servers are, and says on the event bus what it saw; {@code
 * compat.ExamplesTest} runs them.
 */
@NullMarked
package io.apogeemq.examples;

import org.jspecify.annotations.NullMarked;
