package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.http.Problem;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Fields of small JSON bodies, with their rules. */
final class Fields {
  private Fields() {}

  static int integer(JsonObject body, String field, int fallback, int min, int max) {
    return (int) number(body, field, (long) fallback, min, max);
  }

  /**
   * A whole number.
   *
   * @param fallback null: it is required
   */
  static long number(JsonObject body, String field, @Nullable Long fallback, long min, long max) {
    Object value = body.getValue(field, fallback);
    if ((value instanceof Integer || value instanceof Long)
        && ((Number) value).longValue() >= min
        && ((Number) value).longValue() <= max) {
      return ((Number) value).longValue();
    }
    throw Problem.badField(
        field,
        value == null ? "is lacking" : "can't be " + value,
        "Give a whole number from " + min + (max == Long.MAX_VALUE ? " on." : " to " + max + "."));
  }

  static boolean flag(JsonObject body, String field, boolean fallback) {
    if (body.getValue(field, fallback) instanceof Boolean flag) {
      return flag;
    }
    throw Problem.badField(field, "is neither true nor false", "Write it without quotes.");
  }

  static String text(JsonObject body, String field, String fallback) {
    if (body.getValue(field, fallback) instanceof String text) {
      return text;
    }
    throw Problem.badField(field, "is no text", "Put it in quotes.");
  }
}
