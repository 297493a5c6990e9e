/**
 * The command line: mqadmin, and the quick start programs in {@link io.apogeemq.cli.quickstart}. Sits
 * on our client, so it works against any node, Apache's too. Start at {@link
 * io.apogeemq.cli.CommandTable}, the list of commands.
 */
@NullMarked
package io.apogeemq.cli;

import org.jspecify.annotations.NullMarked;
