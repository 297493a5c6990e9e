package io.apogeemq.broker.pop;

import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.body.MessageRequestMode;
import io.apogeemq.protocol.body.MessageRequestModeTable;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which groups consume which topics by pop: what was set with {@code mqadmin setConsumeMode}. The file is
 * the original's. Any thread reads without lock.
 */
public final class RequestModes implements StateTable {
  private record Key(String topic, String group) {}

  private final ConcurrentHashMap<Key, MessageRequestMode> modes = new ConcurrentHashMap<>();
  private final AtomicLong revision = new AtomicLong();
  private final StateWriter writer;

  public RequestModes(StateWriter writer) {
    this.writer = writer;
  }

  /** What was set for a group and a topic; null if nothing was. */
  @Nullable MessageRequestMode find(String topic, String group) {
    return modes.get(new Key(topic, group));
  }

  /** Sets a mode. Completes when it is durable and in force. */
  Future<Void> put(MessageRequestMode mode) {
    return writer.write(new StateRecord.PutRequestMode(mode));
  }

  /** All modes, as code 402 tells them. */
  MessageRequestModeTable all() {
    Map<String, Map<String, MessageRequestMode>> byTopic = new TreeMap<>();
    modes.forEach(
        (key, mode) ->
            byTopic.computeIfAbsent(key.topic(), topic -> new TreeMap<>()).put(key.group(), mode));
    return new MessageRequestModeTable(byTopic);
  }

  @Override
  public String checkpointName() {
    return "messageRequestMode.json";
  }

  @Override
  public void load(String json) {
    Body.parse(MessageRequestModeTable.class, json)
        .messageRequestModeMap()
        .values()
        .forEach(byGroup -> byGroup.values().forEach(this::set));
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void replay(StateRecord record) {
    if (record instanceof StateRecord.PutRequestMode put) {
      set(put.mode());
    } else if (record instanceof StateRecord.DeleteTopic delete) {
      if (modes.keySet().removeIf(key -> key.topic().equals(delete.topic()))) {
        revision.incrementAndGet();
      }
    } else if (record instanceof StateRecord.DeleteGroup delete) {
      if (modes.keySet().removeIf(key -> key.group().equals(delete.group()))) {
        revision.incrementAndGet();
      }
    }
  }

  private void set(MessageRequestMode mode) {
    modes.put(new Key(mode.topic(), mode.consumerGroup()), mode);
    revision.incrementAndGet();
  }

  @Override
  public long revision() {
    return revision.get();
  }

  @Override
  public Supplier<String> checkpoint() {
    MessageRequestModeTable now = all();
    return () -> now.toJson(JsonForm.FILE);
  }
}
