package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

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

  static Answer of(Call call, String what, List<String> names) {
    String after = call.text("after");
    int limit = (int) call.number("limit");
    List<String> rest =
        names.stream().sorted().distinct().filter(each -> each.compareTo(after) > 0).toList();
    List<String> page = rest.subList(0, Math.min(limit, rest.size()));
    JsonObject json = new JsonObject().put(what, new JsonArray(List.copyOf(page)));
    if (page.size() < rest.size()) {
      json.put("next", page.get(page.size() - 1));
    }
    return Answer.ok(json);
  }
}
