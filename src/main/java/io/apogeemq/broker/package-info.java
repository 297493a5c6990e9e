/** The message service, one room per capability. Start at {@code BrokerVerticle}. */
@NullMarked
package io.apogeemq.broker;

import org.jspecify.annotations.NullMarked;
