package io.apogeemq.gateway.admin;

import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.GroupFigures;
import io.apogeemq.protocol.body.MessageModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group in a list, over all brokers.
 *
 * @param figures null: unknown as yet
 */
record GroupRow(String group, boolean consumeEnabled, @Nullable Figures figures) {
  /** Two members that subscribe differently. */
  static final String MISMATCH = "subscription-mismatch";

  /** Two connections with one client id. */
  static final String DUPLICATE = "duplicate-client-id";

  /**
   * What moves; null is unknown.
   *
   * @param members connections at the broker that has most: each member has one to every broker
   * @param lag messages not committed, retries among them
   */
  record Figures(
      @Nullable Integer members,
      @Nullable ConsumeType consumeType,
      @Nullable MessageModel messageModel,
      @Nullable Integer topics,
      @Nullable Long lag,
      @Nullable Long retries,
      @Nullable Long deadLetters,
      @Nullable Double perSecond,
      boolean mismatch,
      boolean duplicateIds) {
    private Figures plus(Figures other) {
      return new Figures(
          members == null || other.members == null ? null : Math.max(members, other.members),
          consumeType == null ? other.consumeType : consumeType,
          messageModel == null ? other.messageModel : messageModel,
          topics == null || other.topics == null ? null : Math.max(topics, other.topics),
          sum(lag, other.lag),
          sum(retries, other.retries),
          sum(deadLetters, other.deadLetters),
          perSecond == null || other.perSecond == null
              ? null
              : Double.valueOf(perSecond + other.perSecond),
          mismatch || other.mismatch,
          duplicateIds || other.duplicateIds);
    }

    private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
      return one == null || other == null ? null : Long.valueOf(one + other);
    }
  }

  static GroupRow of(GroupFigures.Row row) {
    return new GroupRow(
        row.group(),
        row.consumeEnable(),
        new Figures(
            row.members(),
            row.consumeType(),
            row.messageModel(),
            row.topics(),
            row.lag(),
            row.retries(),
            row.deadLetters(),
            row.perSecond(),
            row.mismatch() != null,
            row.duplicateIds()));
  }

  /** The group on both brokers. */
  GroupRow plus(GroupRow other) {
    return new GroupRow(
        group,
        consumeEnabled && other.consumeEnabled,
        figures == null || other.figures == null ? null : figures.plus(other.figures));
  }

  GroupRow with(Figures known) {
    return new GroupRow(group, consumeEnabled, known);
  }

  double members() {
    return figures == null ? Double.NaN : number(figures.members);
  }

  double lag() {
    return figures == null ? Double.NaN : number(figures.lag);
  }

  double deadLetters() {
    return figures == null ? Double.NaN : number(figures.deadLetters);
  }

  double perSecond() {
    return figures == null ? Double.NaN : number(figures.perSecond);
  }

  double warnings() {
    return warningList().size();
  }

  private static double number(@Nullable Number number) {
    return number == null ? Double.NaN : number.doubleValue();
  }

  private JsonArray warningList() {
    JsonArray all = new JsonArray();
    if (figures != null && figures.mismatch) {
      all.add(MISMATCH);
    }
    if (figures != null && figures.duplicateIds) {
      all.add(DUPLICATE);
    }
    return all;
  }

  JsonObject json() {
    Figures known =
        figures == null
            ? new Figures(null, null, null, null, null, null, null, null, false, false)
            : figures;
    return new JsonObject()
        .put("group", group)
        .put("consumeEnabled", consumeEnabled)
        .put("members", known.members)
        .put("consumeType", Kinds.name(known.consumeType))
        .put("messageModel", Kinds.name(known.messageModel))
        .put("topics", known.topics)
        .put("lag", known.lag)
        .put("retries", known.retries)
        .put("deadLetters", known.deadLetters)
        .put("consumedPerSecond", known.perSecond)
        .put("warnings", warningList());
  }
}
