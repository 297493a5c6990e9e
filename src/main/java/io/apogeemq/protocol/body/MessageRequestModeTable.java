package io.apogeemq.protocol.body;

import java.util.Map;

/**
 * The answer to code 402, and the file {@code messageRequestMode.json}.
 *
 * @param messageRequestModeMap by topic and group
 */
public record MessageRequestModeTable(
    Map<String, Map<String, MessageRequestMode>> messageRequestModeMap) implements Body {}
