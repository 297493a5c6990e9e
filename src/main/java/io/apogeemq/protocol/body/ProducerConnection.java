package io.apogeemq.protocol.body;

import java.util.Set;

/** Who produces in a group: the answer to code 204. */
public record ProducerConnection(Set<ClientConnection> connectionSet) implements Body {}
