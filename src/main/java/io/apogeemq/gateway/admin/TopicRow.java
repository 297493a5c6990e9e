package io.apogeemq.gateway.admin;

import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicFigures;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A topic in a list: its settings and figures, summed over its brokers.
 *
 * @param brokers how many have it
 * @param perm of the first broker; null if no broker could be asked
 * @param readQueues of all brokers
 * @param type what {@code message.type} says, null if nothing
 * @param figures null: unknown as yet
 */
record TopicRow(
    String topic,
    int brokers,
    @Nullable Integer perm,
    int readQueues,
    int writeQueues,
    boolean ordered,
    @Nullable String type,
    @Nullable Figures figures) {
  /**
   * What moves. Rates are messages per second over the last minute; null is unknown.
   *
   * @param messages stored now
   * @param groups how many consume it
   */
  record Figures(
      long messages,
      @Nullable Double inPerSecond,
      @Nullable Double outPerSecond,
      @Nullable Integer groups) {
    private static Figures sum(Figures one, Figures other) {
      return new Figures(
          one.messages + other.messages,
          sum(one.inPerSecond, other.inPerSecond),
          sum(one.outPerSecond, other.outPerSecond),
          one.groups == null || other.groups == null ? null : Math.max(one.groups, other.groups));
    }

    private static @Nullable Double sum(@Nullable Double one, @Nullable Double other) {
      return one == null || other == null ? null : Double.valueOf(one + other);
    }
  }

  /** A topic of which only the name is known. */
  static TopicRow unknown(String topic) {
    return new TopicRow(topic, 0, null, 0, 0, false, null, null);
  }

  static TopicRow of(TopicFigures.Row row) {
    return new TopicRow(
        row.topic(),
        1,
        row.perm(),
        row.readQueues(),
        row.writeQueues(),
        row.order(),
        row.type(),
        new Figures(row.messages(), row.inPerSecond(), row.outPerSecond(), row.groups()));
  }

  static TopicRow of(TopicConfig config) {
    return new TopicRow(
        config.topicName(),
        1,
        config.perm(),
        config.readQueueNums(),
        config.writeQueueNums(),
        config.order(),
        type(config),
        null);
  }

  static @Nullable String type(TopicConfig config) {
    return config.attributes() == null ? null : config.attributes().get("message.type");
  }

  /** The topic on both brokers. */
  TopicRow plus(TopicRow other) {
    return new TopicRow(
        topic,
        brokers + other.brokers,
        perm == null ? other.perm : perm,
        readQueues + other.readQueues,
        writeQueues + other.writeQueues,
        ordered || other.ordered,
        type == null ? other.type : type,
        figures == null || other.figures == null ? null : Figures.sum(figures, other.figures));
  }

  TopicRow with(Figures known) {
    return new TopicRow(topic, brokers, perm, readQueues, writeQueues, ordered, type, known);
  }

  /** Messages in a second; NaN if that is unknown. */
  double in() {
    return figures == null || figures.inPerSecond == null ? Double.NaN : figures.inPerSecond;
  }

  double out() {
    return figures == null || figures.outPerSecond == null ? Double.NaN : figures.outPerSecond;
  }

  double messages() {
    return figures == null ? Double.NaN : figures.messages;
  }

  double groups() {
    return figures == null || figures.groups == null ? Double.NaN : figures.groups;
  }

  JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("topic", topic)
            .put("brokers", brokers)
            .put("permission", perm == null ? null : Permission.name(perm))
            .put("readQueues", readQueues)
            .put("writeQueues", writeQueues)
            .put("ordered", ordered)
            .put("type", type)
            .put("messages", figures == null ? null : figures.messages)
            .put("inPerSecond", figures == null ? null : figures.inPerSecond)
            .put("outPerSecond", figures == null ? null : figures.outPerSecond);
    return json.put("groups", figures == null ? null : figures.groups);
  }
}
