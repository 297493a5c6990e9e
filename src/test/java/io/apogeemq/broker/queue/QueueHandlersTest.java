package io.apogeemq.broker.queue;

import static io.apogeemq.protocol.remoting.RequestCode.GET_EARLIEST_MSG_STORETIME;
import static io.apogeemq.protocol.remoting.RequestCode.GET_MAX_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.GET_MIN_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.SEARCH_OFFSET_BY_TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestTables;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.QueueHeaders;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueHandlersTest {
  @TempDir Path folder;
  private TestTables tables;
  private long firstMs;
  private long lastMs;

  @BeforeEach
  void fill() throws IOException {
    tables = TestTables.open(folder);
    TestTables.await(tables.topics.put(TopicConfig.of("T", 2, 6)));
    firstMs = tables.store().append("T", 0, "m0").storeTimestampMs();
    for (int i = 1; i < 5; i++) {
      lastMs = tables.store().append("T", 0, "m" + i).storeTimestampMs();
    }
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void aQueuesEndsAreTold() {
    assertThat(end(GET_MIN_OFFSET, 0)).isZero();
    assertThat(end(GET_MAX_OFFSET, 0)).isEqualTo(5);
    assertThat(end(GET_MAX_OFFSET, 1)).isZero();
  }

  @Test
  void theTimeOfTheFirstMessageIsToldAndMinusOneForAnEmptyQueue() {
    assertThat(firstTime(0)).isEqualTo(firstMs);
    assertThat(firstTime(1)).isEqualTo(-1);
  }

  @Test
  void aTimeIsFoundInAQueue() {
    assertThat(at(0, null)).isZero();
    assertThat(at(firstMs, null)).isZero();
    // As 4.9: the last message if all are older; clients take it for the end of what they missed.
    assertThat(at(lastMs + 1, null)).isEqualTo(4);
    assertThat(at(lastMs + 1, "UPPER")).isEqualTo(4);
  }

  private long end(int code, int queueId) {
    return tables
        .ask(code, new QueueHeaders.Ends("T", queueId))
        .header(QueueHeaders.OffsetReply.class)
        .offset();
  }

  private long firstTime(int queueId) {
    return tables
        .ask(GET_EARLIEST_MSG_STORETIME, new QueueHeaders.Ends("T", queueId))
        .header(QueueHeaders.TimestampReply.class)
        .timestamp();
  }

  private long at(long timeMs, @Nullable String boundary) {
    return tables
        .ask(SEARCH_OFFSET_BY_TIMESTAMP, new QueueHeaders.Search("T", 0, timeMs, boundary))
        .header(QueueHeaders.OffsetReply.class)
        .offset();
  }
}
