package io.apogeemq.gateway.http;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.GatewayOptions;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.openapi.Operation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request of an operation: its checked parameters, its body, and the client that acts for whoever
 * sent it. Lives on the event loop of its connection.
 */
public final class Call {
  private final Operation operation;
  private final HttpServerRequest request;
  private final Map<String, Object> parameters;
  private final @Nullable Credentials account;
  private final GatewayClient client;
  private final GatewayOptions options;

  Call(
      Operation operation,
      HttpServerRequest request,
      Map<String, Object> parameters,
      @Nullable Credentials account,
      GatewayClient client,
      GatewayOptions options) {
    this.operation = operation;
    this.request = request;
    this.parameters = parameters;
    this.account = account;
    this.client = client;
    this.options = options;
  }

  public HttpServerRequest request() {
    return request;
  }

  /** Who sent the request; null if it names nobody. */
  public @Nullable Credentials account() {
    return account;
  }

  /** Speaks to the cluster in the name of the request's account. */
  public GatewayClient client() {
    return client;
  }

  public GatewayOptions options() {
    return options;
  }

  /** A text parameter that is required or has a default. */
  public String text(String name) {
    return (String) given(name);
  }

  /** A text parameter, or null. */
  public @Nullable String textOrNull(String name) {
    return (String) parameters.get(name);
  }

  /** A number that is required or has a default. */
  public long number(String name) {
    return (Long) given(name);
  }

  /** A number, or null. */
  public @Nullable Long numberOrNull(String name) {
    return (Long) parameters.get(name);
  }

  public boolean flag(String name) {
    return parameters.get(name) == Boolean.TRUE;
  }

  private Object given(String name) {
    Object value = parameters.get(name);
    if (value == null) {
      throw new IllegalStateException(operation.id() + " has no parameter " + name);
    }
    return value;
  }

  /** The body's media type as the request names it, with its parameters; empty if it names none. */
  public String contentType() {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type == null ? "" : type.trim();
  }

  /** The same in small letters without parameters. */
  public String bodyType() {
    String type = contentType();
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
  }

  /** The whole body; fails if it is larger than a gateway takes. */
  public Future<Buffer> body() {
    return BodyReader.read(request, options.maxBodyBytes());
  }

  /** The body as a JSON object; an empty body is an empty object. */
  public Future<JsonObject> json() {
    return body()
        .map(
            body -> {
              if (body.length() == 0) {
                return new JsonObject();
              }
              if (body.toJsonValue() instanceof JsonObject object) {
                return object;
              }
              throw new Problem(ProblemKind.BAD_REQUEST, "The body must be a JSON object.");
            });
  }
}
