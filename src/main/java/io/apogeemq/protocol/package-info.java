/**
 * What all wire protocols share: the rules for names. Bytes become values in the packages below. Start
 * at {@link io.apogeemq.protocol.Names}.
 */
@NullMarked
package io.apogeemq.protocol;

import org.jspecify.annotations.NullMarked;
