package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The list of connected clients. */
public final class ClientOperations implements OperationFamily {
  private static final Listing<ClientRow> LISTING =
      new Listing<>(
          "clients",
          "clientId",
          ClientRow::clientId,
          Map.of(
              "version", ClientRow::version,
              "groups", ClientRow::groups,
              "duplicates", ClientRow::duplicates),
          ClientRow::json,
          ClientRow.empty("").json().fieldNames());

  @Override
  public Map<String, Handling> operations() {
    return Map.of("listClients", this::list);
  }

  private Future<Answer> list(Call call) {
    String contains = call.text("q").toLowerCase(Locale.ROOT);
    String kind = call.text("kind");
    String group = call.textOrNull("group");
    boolean duplicates = call.flag("duplicates");
    return ClientDirectory.of(call.client())
        .compose(
            all -> {
              List<ClientRow> rows =
                  all.rows().stream()
                      .filter(each -> isKind(each, kind))
                      .filter(each -> group == null || isIn(each, group))
                      .filter(each -> !duplicates || each.isDuplicate())
                      .filter(each -> each.contains(contains))
                      .toList();
              return LISTING.page(call, rows, true, Future::succeededFuture, all.complete());
            });
  }

  private static boolean isKind(ClientRow row, String kind) {
    return switch (kind) {
      case "producer" -> !row.producerGroups().isEmpty();
      case "consumer" -> !row.consumerGroups().isEmpty();
      default -> true;
    };
  }

  private static boolean isIn(ClientRow row, String group) {
    return row.producerGroups().contains(group) || row.consumerGroups().contains(group);
  }
}
