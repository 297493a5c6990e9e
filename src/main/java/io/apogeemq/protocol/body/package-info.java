/**
 * JSON bodies of requests and responses: what comes behind the header of a frame when it is not a
 * message. Each body is a record whose component names are the wire names; {@link
 * io.apogeemq.protocol.body.BodyCodec} reads and writes them. The documents are the original's, with
 * its deviations from standard JSON: unquoted integers and whole objects as member names, and
 * references to other places of the same document. Start at {@link io.apogeemq.protocol.body.Json}.
 */
@NullMarked
package io.apogeemq.protocol.body;

import org.jspecify.annotations.NullMarked;
