package io.apogeemq.protocol.body;

import java.util.Set;

/** Group names: the answer to code 300. */
public record GroupList(Set<String> groupList) implements Body {}
