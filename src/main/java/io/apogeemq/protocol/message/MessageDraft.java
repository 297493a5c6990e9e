package io.apogeemq.protocol.message;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * A message that is about to be stored: everything a record needs except what the appender assigns
 * (queue offset, log position, store timestamp).
 *
 * @param body the body's readable bytes; owned by whoever made the draft
 * @param bodyCrc CRC-32 of the body with the sign bit cleared
 * @param properties encoded property string ({@link Properties}), UTF-8
 * @param tagsCode what the queue index keeps of the tag ({@link TagsCode})
 * @param sysFlag {@link SysFlags}; the host bits fit the hosts
 * @param preparedPosition log position of the half message, or 0
 */
public record MessageDraft(
    String topic,
    int queueId,
    int flag,
    int sysFlag,
    long bornTimestampMs,
    InetSocketAddress bornHost,
    InetSocketAddress storeHost,
    int reconsumeTimes,
    long preparedPosition,
    ByteBuf body,
    int bodyCrc,
    byte[] topicBytes,
    byte[] properties,
    long tagsCode) {}
