package io.apogeemq.gateway.openapi;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The gateway's OpenAPI document, from the class path. It is part of this jar, so a mistake in it is a
 * mistake of ours: reading it throws {@link IllegalStateException} then. Immutable.
 *
 * <p>Read by ourselves: vertx-openapi (5.0.10) refuses bodies of NDJSON, CloudEvents and event streams
 * and bodies of any type, and checking the document takes it long at each start. A test checks the
 * document with it instead.
 */
public final class ApiDocument {
  private static final String RESOURCE = "/openapi.yaml";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
  private static final int MAX_TEXT = 64 * 1024;

  private final String yaml;
  private final JsonObject json;
  private final List<Operation> operations;

  private ApiDocument(String yaml, JsonObject json) {
    this.yaml = yaml;
    this.json = json;
    operations = List.copyOf(operations(json));
  }

  /** Reads the document of this jar; blocks for the moment that takes. */
  public static ApiDocument ofThisJar() {
    try (InputStream in = ApiDocument.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("this jar has no " + RESOURCE);
      }
      String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Map<String, Object> tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
      return new ApiDocument(yaml, new JsonObject(tree));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As it was written. */
  public String yaml() {
    return yaml;
  }

  /** The same as JSON; don't change it. */
  public JsonObject json() {
    return json;
  }

  /** In the order of the document. */
  public List<Operation> operations() {
    return operations;
  }

  /** Headers that requests may have: parameters, and what {@code x-open-headers} of operations adds. */
  public HeaderNames requestHeaders() {
    Set<String> names = new TreeSet<>();
    for (Operation each : operations) {
      each.parameters().stream()
          .filter(one -> one.in() == Parameter.Place.HEADER)
          .forEach(one -> names.add(one.name()));
      addOpen(described(each), names);
    }
    return HeaderNames.of(names);
  }

  /** Headers that answers may have: {@code headers} and {@code x-open-headers} of responses. */
  public HeaderNames answerHeaders() {
    Set<String> names = new TreeSet<>();
    for (Operation each : operations) {
      JsonObject responses = described(each).getJsonObject("responses");
      for (String status : responses.fieldNames()) {
        JsonObject response = resolved(json, responses.getJsonObject(status));
        names.addAll(response.getJsonObject("headers", new JsonObject()).fieldNames());
        addOpen(response, names);
      }
    }
    return HeaderNames.of(names);
  }

  private static void addOpen(JsonObject holder, Set<String> to) {
    holder.getJsonArray("x-open-headers", new JsonArray()).forEach(each -> to.add(each.toString()));
  }

  private JsonObject described(Operation operation) {
    return json.getJsonObject("paths")
        .getJsonObject(operation.path())
        .getJsonObject(operation.method().toLowerCase(Locale.ROOT));
  }

  private static List<Operation> operations(JsonObject json) {
    List<Operation> all = new ArrayList<>();
    JsonObject paths = json.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      for (String method : item.fieldNames()) {
        if (METHODS.contains(method)) {
          all.add(operation(json, path, method, item));
        }
      }
    }
    return all;
  }

  private static Operation operation(JsonObject json, String path, String method, JsonObject item) {
    JsonObject own = item.getJsonObject(method);
    List<Parameter> parameters = new ArrayList<>();
    for (JsonObject holder : List.of(item, own)) {
      for (Object each : holder.getJsonArray("parameters", new JsonArray())) {
        parameters.add(parameter(resolved(json, (JsonObject) each)));
      }
    }
    JsonArray security = own.getJsonArray("security"); // null: that of the whole document
    JsonObject body = resolved(json, own.getJsonObject("requestBody", new JsonObject()));
    return new Operation(
        required(own.getString("operationId"), "operationId of " + method + " " + path),
        method.toUpperCase(Locale.ROOT),
        path,
        parameters,
        security != null && (security.isEmpty() || security.contains(new JsonObject())),
        security == null || !security.isEmpty(),
        body.getJsonObject("content", new JsonObject()).fieldNames(),
        fields(json, body));
  }

  /** Of the object that the body is as JSON. */
  private static Set<String> fields(JsonObject json, JsonObject body) {
    JsonObject schema =
        body.getJsonObject("content", new JsonObject())
            .getJsonObject("application/json", new JsonObject())
            .getJsonObject("schema", new JsonObject());
    return resolved(json, schema).getJsonObject("properties", new JsonObject()).fieldNames();
  }

  /** What a reference inside the document points to, or the object itself if it is none. */
  private static JsonObject resolved(JsonObject json, JsonObject object) {
    String reference = object.getString("$ref");
    if (reference == null) {
      return object;
    }
    JsonObject at = json;
    for (String step : reference.substring("#/".length()).split("/")) {
      at = required(at.getJsonObject(step), reference);
    }
    return at;
  }

  private static Parameter parameter(JsonObject json) {
    JsonObject schema = json.getJsonObject("schema");
    String pattern = schema.getString("pattern");
    return new Parameter(
        required(json.getString("name"), "name of a parameter"),
        Parameter.Place.valueOf(json.getString("in").toUpperCase(Locale.ROOT)),
        json.getBoolean("required", false),
        Parameter.Type.valueOf(schema.getString("type").toUpperCase(Locale.ROOT)),
        schema.getValue("default"),
        schema.getLong("minimum", Long.MIN_VALUE),
        schema.getLong("maximum", Long.MAX_VALUE),
        schema.getInteger("maxLength", MAX_TEXT),
        pattern == null ? null : Pattern.compile(pattern),
        schema.getJsonArray("enum", new JsonArray()).stream().map(Object::toString).toList());
  }

  private static <T> T required(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException(RESOURCE + " lacks " + what);
    }
    return value;
  }
}
