/**
 * TLS on the ports and connections of {@link io.apogeemq.remoting}: modes, certificates, where they come
 * from. Start at {@link io.apogeemq.remoting.tls.ServerTls}.
 */
@NullMarked
package io.apogeemq.remoting.tls;

import org.jspecify.annotations.NullMarked;
