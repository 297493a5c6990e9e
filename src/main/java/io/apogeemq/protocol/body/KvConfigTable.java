package io.apogeemq.protocol.body;

import java.util.Map;

/** Key/value configuration by namespace: {@code kvConfig.json} of a name server. */
public record KvConfigTable(Map<String, Map<String, String>> configTable) implements Body {}
