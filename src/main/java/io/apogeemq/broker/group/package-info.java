/**
 * Who is connected, what consumer groups there are, what they subscribe to. Start at {@link
 * io.apogeemq.broker.group.ClientTable} and {@link io.apogeemq.broker.group.GroupTable}.
 */
@NullMarked
package io.apogeemq.broker.group;

import org.jspecify.annotations.NullMarked;
