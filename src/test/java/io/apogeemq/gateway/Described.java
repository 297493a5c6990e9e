package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.gateway.openapi.ApiDocument;
import io.apogeemq.gateway.openapi.Operation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** What openapi.yaml says about answers; holds every answer that a test sees against it. */
final class Described {
  private static final ApiDocument DOCUMENT = ApiDocument.ofThisJar();

  /** What was seen: operation and status. */
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  private Described() {}

  /** What tests of this JVM have seen so far. */
  static Set<String> seen() {
    return SEEN;
  }

  /** Fails unless the document has this answer of this operation, and its JSON has the shape. */
  static void check(String method, String path, int status, String type, String body) {
    Operation operation = operation(method, path);
    if (operation == null) {
      assertThat(status).as("answer of a path that is not in the document").isBetween(400, 499);
      return;
    }
    JsonObject responses = responses(operation);
    String code = Integer.toString(status);
    JsonObject response = responses.getJsonObject(code, responses.getJsonObject("default"));
    SEEN.add(operation.id() + " " + code);
    assertThat(response).as("%s answered %d: %s", operation.id(), status, body).isNotNull();
    JsonObject content = response.getJsonObject("content", new JsonObject());
    if (content.isEmpty()) {
      assertThat(body).as("body of %s", operation.id()).isEmpty();
      return;
    }
    if (!content.containsKey(type)) {
      assertThat(content.fieldNames())
          .as("types of %s %d, which was %s", operation.id(), status, type)
          .contains("*/*");
      return;
    }
    if (type.equals("application/json") || type.endsWith("+json")) {
      OutputUnit outcome =
          Validator.create(
                  JsonSchema.of(content.getJsonObject(type).getJsonObject("schema")),
                  new JsonSchemaOptions()
                      .setBaseUri("https://apogeemq.invalid/")
                      .setDraft(Draft.DRAFT202012))
              .validate(new JsonObject(body));
      assertThat(outcome.getValid())
          .as("%s %d: %s %s", operation.id(), status, outcome.getErrors(), body)
          .isTrue();
    }
  }

  /** The operation that a request reaches, null if none. */
  static Operation operation(String method, String path) {
    Operation found = null;
    for (Operation each : DOCUMENT.operations()) {
      if (each.method().equals(method)
          && path.matches(each.path().replaceAll("\\{\\w+}", "[^/]+"))
          && (found == null || !each.path().contains("{"))) {
        found = each;
      }
    }
    return found;
  }

  /**
   * All answers that the document describes, in the form of {@link #seen}; {@code default} stands for
   * what nobody expects of an operation.
   */
  static Set<String> answers() {
    Set<String> all = new TreeSet<>();
    for (Operation each : DOCUMENT.operations()) {
      responses(each).fieldNames().forEach(code -> all.add(each.id() + " " + code));
    }
    all.removeIf(answer -> answer.endsWith(" default"));
    return all;
  }

  private static JsonObject responses(Operation operation) {
    JsonObject item = DOCUMENT.json().getJsonObject("paths").getJsonObject(operation.path());
    JsonObject responses =
        item.getJsonObject(operation.method().toLowerCase(java.util.Locale.ROOT))
            .getJsonObject("responses");
    return (JsonObject) resolved(responses);
  }

  /** The same with every reference replaced by what it points to; the document has no circles. */
  private static Object resolved(Object node) {
    if (node instanceof JsonArray array) {
      JsonArray all = new JsonArray();
      array.forEach(each -> all.add(resolved(each)));
      return all;
    }
    if (!(node instanceof JsonObject object)) {
      return node;
    }
    String reference = object.getString("$ref");
    if (reference != null) {
      JsonObject at = DOCUMENT.json();
      for (String step : reference.substring(2).split("/")) {
        at = at.getJsonObject(step);
      }
      return resolved(at);
    }
    JsonObject all = new JsonObject();
    object.forEach(each -> all.put(each.getKey(), resolved(each.getValue())));
    return all;
  }
}
