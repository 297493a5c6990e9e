package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The list of topics: filtered, sorted, and page by page. */
public final class TopicListOperations implements OperationFamily {
  private static final Listing<TopicRow> LISTING =
      new Listing<>(
          "topics",
          "topic",
          TopicRow::topic,
          Map.of(
              "messages", TopicRow::messages,
              "in", TopicRow::in,
              "out", TopicRow::out,
              "groups", TopicRow::groups,
              "queues", TopicRow::writeQueues),
          TopicRow::json,
          TopicRow.unknown("").json().fieldNames());

  @Override
  public Map<String, Handling> operations() {
    return Map.of("listTopics", this::list);
  }

  private Future<Answer> list(Call call) {
    String contains = call.text("q").toLowerCase(Locale.ROOT);
    String type = call.textOrNull("type");
    boolean internal = call.flag("internal");
    return TopicTable.of(call.client())
        .compose(
            table -> {
              List<TopicRow> rows =
                  table.rows().stream()
                      .filter(each -> internal || !table.isInternal(each.topic()))
                      .filter(each -> Listing.contains(each.topic(), contains))
                      .filter(each -> type == null || type.equals(typeOf(each)))
                      .toList();
              return sortable(call, rows)
                  .compose(
                      known ->
                          LISTING.page(
                              call,
                              known,
                              call.text("sort").equals("queues") || TopicTable.canComplete(rows),
                              shown -> TopicTable.completed(call.client(), shown)));
            });
  }

  /** The rows with the figures that they are to be sorted by, if these can be had. */
  private static Future<List<TopicRow>> sortable(Call call, List<TopicRow> rows) {
    String sort = call.text("sort");
    boolean byFigures = !sort.equals("name") && !sort.equals("queues");
    return byFigures && TopicTable.canComplete(rows)
        ? TopicTable.completed(call.client(), rows)
        : Future.succeededFuture(rows);
  }

  /** A topic that names no type takes plain messages. */
  private static String typeOf(TopicRow row) {
    return Objects.requireNonNullElse(row.type(), "NORMAL");
  }
}
