package io.apogeemq.protocol.body;

import java.util.Map;

/** A table of texts: runtime figures, key/value configuration, the answer to a registration. */
public record KvTable(Map<String, String> table) implements Body {}
