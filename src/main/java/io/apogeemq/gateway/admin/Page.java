package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list of names, by the parameters {@code limit} and {@code after}. Names that come and go
 * between two pages move no other name to another page.
 *
 * <pre>
 *   { "topics": ["a", "b"], "next": "b" }      next: the parameter after of the next page, if there is one
 * </pre>
 */
final class Page {
  private Page() {}

  /**
   * The names of a page.
   *
   * @param next null: it is the last
   */
  record Names(List<String> names, @Nullable String next) {}

  static Names cut(Call call, List<String> names) {
    String after = call.text("after");
    int limit = (int) call.number("limit");
    List<String> rest =
        names.stream().sorted().distinct().filter(each -> each.compareTo(after) > 0).toList();
    List<String> page = List.copyOf(rest.subList(0, Math.min(limit, rest.size())));
    return new Names(page, page.size() < rest.size() ? page.get(page.size() - 1) : null);
  }

  static Answer of(Call call, String what, List<String> names) {
    Names page = cut(call, names);
    JsonObject json = new JsonObject().put(what, new JsonArray(page.names()));
    if (page.next() != null) {
      json.put("next", page.next());
    }
    return Answer.ok(json);
  }
}
