package io.apogeemq.gateway.figures;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that is wrong with the cluster, or that its operators should know.
 *
 * @param detail the cause, a sentence
 * @param cure what helps, a sentence
 * @param values what it is about by name ({@code broker}, {@code group}, {@code topic} and more), for
 *     pages that say it in other words
 */
record Warning(Kind kind, Level level, String detail, String cure, Map<String, String> values) {
  /** How bad it is, worst first. */
  enum Level {
    ERROR,
    WARNING,
    INFO
  }

  /** What it is. */
  enum Kind {
    BROKER_UNREACHABLE,
    LOG_FAILED,
    SENDS_REFUSED,
    DISK_NEARLY_FULL,
    ACCOUNTS_NOT_CHECKED,
    DIFFERENT_SUBSCRIPTIONS,
    CLIENT_ID_TWICE,
    TOPIC_ON_SOME_BROKERS,
    TOPICS_NOT_COMPARED,
    NOBODY_CONSUMES,
    ASYNC_FLUSH
  }

  /** The same with one value more. */
  Warning with(String name, String value) {
    Map<String, String> more = new TreeMap<>(values);
    more.put(name, value);
    return new Warning(kind, level, detail, cure, more);
  }

  static Warning of(Kind kind, Level level, String detail, String cure) {
    return new Warning(kind, level, detail, cure, Map.of());
  }

  JsonObject json() {
    JsonObject all = new JsonObject();
    values.forEach(all::put);
    return new JsonObject()
        .put("kind", kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("level", level.name().toLowerCase(Locale.ROOT))
        .put("detail", detail)
        .put("cure", cure)
        .put("values", all);
  }
}
