package io.apogeemq.protocol.body;

import java.util.List;

/** Topics to create or change in one go: the body of code 18. */
public record TopicConfigList(List<TopicConfig> topicConfigList) implements Body {}
