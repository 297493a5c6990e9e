package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ETags;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, by the parameters {@code sort}, {@code desc}, {@code limit}, {@code after} and {@code
 * fields}.
 *
 * <pre>
 *   { "topics": [ "a", "b" ],               names; with fields objects of these members
 *     "total": 7, "sortedBy": "name",
 *     "next": "b" }                         the parameter after of the next page, if there is one
 * </pre>
 *
 * <p>Rows that are equal by what they are sorted by stand in the order of names, so that a page shown
 * twice is the same. In the order of names, names that come and go between two pages move no other name to
 * another page; in other orders {@code next} is the number of a page.
 *
 * @param what the member that holds the page
 * @param key the member of a row that holds its name; it is always there
 * @param name of a row
 * @param numbers what rows may be sorted by besides their name; NaN is unknown and comes last
 * @param json a row with all its members
 * @param members the names of these
 */
record Listing<R>(
    String what,
    String key,
    Function<R, String> name,
    Map<String, ToDoubleFunction<R>> numbers,
    Function<R, JsonObject> json,
    Set<String> members) {
  private static final String BY_NAME = "name";
  private static final String PAGE = "page:";
  private static final String ALL_FIELDS = "all";

  /** Completes the rows of the page that is shown with what is too much to ask about all. */
  @FunctionalInterface
  interface Completion<R> {
    Future<List<R>> of(List<R> rows);
  }

  /**
   * The page.
   *
   * @param rows that the filters leave, in the order of names
   * @param sortable whether numbers are known of all rows; if not, they stand in the order of names
   */
  Future<Answer> page(Call call, List<R> rows, boolean sortable, Completion<R> completion) {
    return page(call, rows, sortable, completion, true);
  }

  /**
   * The same, telling whether the rows are all there are.
   *
   * @param complete false: there may be more
   */
  Future<Answer> page(
      Call call, List<R> rows, boolean sortable, Completion<R> completion, boolean complete) {
    Set<String> fields = fields(call.textOrNull("fields"));
    String sort = call.text("sort");
    ToDoubleFunction<R> number = sortable ? numbers.get(sort) : null;
    boolean descending = call.flag("desc");
    List<R> sorted = sorted(rows, number, descending);
    int limit = (int) call.number("limit");
    String after = call.text("after");
    int start = number == null ? behind(sorted, after, descending) : page(after) * limit;
    start = Math.min(start, sorted.size());
    int end = Math.min(start + limit, sorted.size());
    String next =
        number != null
            ? PAGE + (start / limit + 1)
            : end == 0 ? "" : name.apply(sorted.get(end - 1));
    List<R> shown = sorted.subList(start, end);
    return (fields == null ? Future.succeededFuture(shown) : completion.of(shown))
        .map(
            filled -> {
              JsonObject body =
                  new JsonObject()
                      .put(what, array(filled, fields))
                      .put("total", sorted.size())
                      .put("sortedBy", number == null ? BY_NAME : sort);
              if (!complete) {
                body.put("complete", false);
              }
              if (end < sorted.size()) {
                body.put("next", next);
              }
              return ETags.of(call, Answer.ok(body));
            });
  }

  /** How many rows stand up to a name; it need not be there any more. */
  private int behind(List<R> sorted, String after, boolean descending) {
    if (after.isEmpty()) {
      return 0;
    }
    int sign = descending ? -1 : 1;
    return (int)
        sorted.stream().filter(each -> sign * name.apply(each).compareTo(after) <= 0).count();
  }

  private static int page(String after) {
    if (after.isEmpty()) {
      return 0;
    }
    if (after.matches(PAGE + "[0-9]{1,5}")) {
      return Integer.parseInt(after.substring(PAGE.length()));
    }
    throw new Problem(
            ProblemKind.INVALID_PARAMETER,
            "The parameter after was not told as next by a page in this order.",
            "Leave it out to begin anew.")
        .with("parameter", "after");
  }

  private List<R> sorted(List<R> rows, @Nullable ToDoubleFunction<R> number, boolean descending) {
    if (number == null) {
      if (!descending) {
        return rows;
      }
      List<R> reversed = new ArrayList<>(rows);
      Collections.reverse(reversed);
      return reversed;
    }
    Comparator<R> known =
        Comparator.comparing((R row) -> Double.isNaN(number.applyAsDouble(row)) ? 1 : 0);
    Comparator<R> byNumber = Comparator.comparingDouble(number);
    return rows.stream()
        .sorted(
            known
                .thenComparing(descending ? byNumber.reversed() : byNumber)
                .thenComparing(Comparator.comparing(name)))
        .toList();
  }

  private JsonArray array(List<R> rows, @Nullable Set<String> fields) {
    JsonArray all = new JsonArray();
    for (R each : rows) {
      if (fields == null) {
        all.add(name.apply(each));
      } else {
        JsonObject whole = json.apply(each);
        if (!fields.contains(ALL_FIELDS)) {
          whole.getMap().keySet().removeIf(field -> !field.equals(key) && !fields.contains(field));
        }
        all.add(whole);
      }
    }
    return all;
  }

  /** Whether a name holds a text, which is in small letters. */
  static boolean contains(String name, String text) {
    return text.isEmpty() || name.toLowerCase(Locale.ROOT).contains(text);
  }

  private @Nullable Set<String> fields(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Set<String> wanted = new TreeSet<>(List.of(text.split(",")));
    for (String each : wanted) {
      if (!each.equals(ALL_FIELDS) && !members.contains(each)) {
        throw new Problem(
                ProblemKind.INVALID_PARAMETER,
                "The parameter fields names '" + each + "', which rows don't have.",
                "Give " + ALL_FIELDS + ", or some of " + String.join(", ", members) + ".")
            .with("parameter", "fields");
      }
    }
    return wanted;
  }
}
