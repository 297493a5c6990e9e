package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The list of groups: filtered, sorted, and page by page. */
public final class GroupListOperations implements OperationFamily {
  private static final Listing<GroupRow> LISTING =
      new Listing<>(
          "groups",
          "group",
          GroupRow::group,
          Map.of(
              "lag", GroupRow::lag,
              "members", GroupRow::members,
              "rate", GroupRow::perSecond,
              "deadLetters", GroupRow::deadLetters,
              "warnings", GroupRow::warnings),
          GroupRow::json,
          new GroupRow("", true, null).json().fieldNames());

  @Override
  public Map<String, Handling> operations() {
    return Map.of("listGroups", this::list);
  }

  private Future<Answer> list(Call call) {
    String contains = call.text("q").toLowerCase(Locale.ROOT);
    boolean internal = call.flag("internal");
    boolean online = call.flag("online");
    return GroupTable.of(call.client())
        .map(
            table ->
                table.rows().values().stream()
                    .filter(each -> internal || !SystemNames.isGroup(each.group()))
                    .filter(each -> Listing.contains(each.group(), contains))
                    .toList())
        .compose(rows -> online ? onlyOnline(call, rows) : Future.succeededFuture(rows))
        .compose(rows -> page(call, rows));
  }

  /** Those with members; where brokers don't tell without being asked for each, those that may have. */
  private static Future<List<GroupRow>> onlyOnline(Call call, List<GroupRow> rows) {
    return (GroupTable.canComplete(rows)
            ? GroupTable.completed(call.client(), rows)
            : Future.succeededFuture(rows))
        .map(all -> all.stream().filter(each -> !(each.members() == 0)).toList());
  }

  private static Future<Answer> page(Call call, List<GroupRow> rows) {
    boolean byFigures = !call.text("sort").equals("name");
    boolean sortable = GroupTable.canComplete(rows);
    Future<List<GroupRow>> known =
        byFigures && sortable
            ? GroupTable.completed(call.client(), rows)
            : Future.succeededFuture(rows);
    return known.compose(
        all ->
            LISTING.page(call, all, sortable, shown -> GroupTable.completed(call.client(), shown)));
  }
}
