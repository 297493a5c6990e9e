/**
 * The header fields of requests and answers as records, one file per family. A component's name is
 * its name on the wire; see {@link io.apogeemq.protocol.remoting.RecordCodec}.
 */
@NullMarked
package io.apogeemq.protocol.header;

import org.jspecify.annotations.NullMarked;
