package io.apogeemq.broker.filter;

import io.apogeemq.broker.filter.sql.BadExpression;
import io.apogeemq.broker.filter.sql.SqlSelection;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.ReadRequest.EntryFilter;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes filters of what consumers subscribe to. Equal subscriptions give equal filters. The compiled
 * SQL92 expressions that were used last are kept, so that a pull doesn't compile; one instance per event
 * loop.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class Filters {
  private static final String TAG = "TAG";
  private static final String SQL92 = "SQL92";

  /** Compiled expressions that one event loop keeps. */
  private static final int KEPT = 256;

  private final boolean sqlEnabled;
  private final Map<String, SqlSelection> compiled =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SqlSelection> oldest) {
          return size() > KEPT;
        }
      };

  /** {@code sqlEnabled}: the key {@code enablePropertyFilter}. */
  public Filters(boolean sqlEnabled) {
    this.sqlEnabled = sqlEnabled;
  }

  /** The filter of a subscription that a heartbeat has told. Throws {@link Refused}. */
  public EntryFilter of(SubscriptionData subscription) {
    if (subscription.classFilterMode()) {
      throw notSupported("a filter class, which filter servers of RocketMQ before 4.9 ran");
    }
    return isTag(subscription.expressionType())
        ? TagSelection.ofCodes(subscription.codeSet())
        : sql(subscription.expressionType(), subscription.subString());
  }

  /**
   * The filter of a request that carries its subscription. Throws {@link Refused}.
   *
   * @param type TAG, SQL92, or null and empty for TAG
   */
  public EntryFilter of(@Nullable String type, @Nullable String expression) {
    return isTag(type) ? TagSelection.ofExpression(expression) : sql(type, expression);
  }

  private static boolean isTag(@Nullable String type) {
    return type == null || type.isEmpty() || type.equals(TAG);
  }

  private EntryFilter sql(@Nullable String type, @Nullable String expression) {
    if (!SQL92.equals(type)) {
      throw notSupported(type + "; it filters by TAG and SQL92");
    }
    if (!sqlEnabled) {
      throw notSupported(SQL92 + ": enablePropertyFilter=false");
    }
    String text = expression == null ? "" : expression;
    SqlSelection known = compiled.get(text);
    if (known == null) {
      try {
        known = SqlSelection.of(text);
      } catch (BadExpression e) {
        throw new Refused(ResponseCode.SUBSCRIPTION_PARSE_FAILED, e.getMessage());
      }
      compiled.put(text, known);
    }
    return known;
  }

  /** In the original's words, which people search for. */
  private static Refused notSupported(String what) {
    return new Refused(
        ResponseCode.SYSTEM_ERROR,
        "The broker does not support consumer to filter message by " + what);
  }
}
