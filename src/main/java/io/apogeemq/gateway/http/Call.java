package io.apogeemq.gateway.http;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.GatewayOptions;
import io.apogeemq.gateway.access.Claim;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.openapi.Operation;
import io.apogeemq.gateway.openapi.Parameter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One request of an operation: its checked parameters, its body, and the client that acts for whoever
 * sent it. Lives on the event loop of its connection.
 */
public final class Call {
  /** Of bodies that list many things, a thousand receipts or the queues of a large topic. */
  public static final int LIST_BYTES = 1024 * 1024;

  /** Of other bodies that carry no message. */
  private static final int SMALL_BYTES = 64 * 1024;

  private final Operation operation;
  private final HttpServerRequest request;
  private final Map<String, Object> parameters;
  private final Claim claim;
  private final GatewayClient client;
  private final GatewayOptions options;
  private final Vertx vertx;
  private final BodyBudget.Charge charge;

  Call(
      Operation operation,
      HttpServerRequest request,
      Map<String, Object> parameters,
      Claim claim,
      GatewayClient client,
      GatewayOptions options,
      Vertx vertx,
      BodyBudget.Charge charge) {
    this.operation = operation;
    this.request = request;
    this.parameters = parameters;
    this.claim = claim;
    this.client = client;
    this.options = options;
    this.vertx = vertx;
    this.charge = charge;
  }

  public HttpServerRequest request() {
    return request;
  }

  /** Who sent the request; null if it names nobody. */
  public @Nullable Credentials account() {
    return claim.account();
  }

  /** When what the request stands for its account by ends ({@link Claim#endMs}). */
  public long accountEndMs() {
    return claim.endMs();
  }

  /** Speaks to the cluster in the name of the request's account. */
  public GatewayClient client() {
    return client;
  }

  /** Whose event loop the request lives on. */
  public Vertx vertx() {
    return vertx;
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

  /** Whether the request has this parameter, or its default stands in for it. */
  public boolean isGiven(String name) {
    return parameters.containsKey(name);
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

  /**
   * The whole body, of messages; fails if it is larger than a gateway takes. It stays charged to the request
   * until that is answered, as its messages are under way till then.
   */
  public Future<Buffer> body() {
    return read(options.maxBodyBytes());
  }

  /**
   * A JSON object that carries no message, with no other fields than the operation has; an empty body is an
   * empty object.
   */
  public Future<JsonObject> json() {
    return json(SMALL_BYTES);
  }

  /** The same, up to a size of its own. */
  public Future<JsonObject> json(int limitBytes) {
    return read(limitBytes).map(this::object).onComplete(ignored -> charge.release());
  }

  /** Charges what so many messages of the body take beside its bytes; fails if there is no room. */
  public void chargeMessages(int count) {
    charge.add((long) count * BodyBudget.MESSAGE_BYTES);
  }

  /**
   * Charges what messages take that the answer will hold, until that has left; fails if there is no room.
   */
  public void chargeAnswer(long bytes) {
    try {
      charge.add(bytes);
    } catch (Problem full) {
      throw new Problem(
          full.kind(),
          full.getMessage(),
          "Ask with a smaller bodyLimit, for fewer messages or for one queue, or after a moment.");
    }
  }

  private Future<Buffer> read(int limitBytes) {
    return new BodyReader(
            vertx, request, charge, limitBytes, options.maxBodyBytes(), options.bodyTimeoutMs())
        .read();
  }

  private JsonObject object(Buffer body) {
    if (body.length() == 0) {
      return new JsonObject();
    }
    if (body.toJsonValue() instanceof JsonObject object) {
      requireKnown(object.fieldNames());
      return object;
    }
    throw new Problem(ProblemKind.BAD_REQUEST, "The body must be a JSON object.");
  }

  /** Who mistypes a field does not want the others alone. */
  private void requireKnown(Set<String> fields) {
    for (String each : fields) {
      if (!operation.fields().contains(each)) {
        boolean inQuery =
            operation.parameters().stream()
                .anyMatch(one -> one.in() == Parameter.Place.QUERY && one.name().equals(each));
        throw Problem.badField(
            each,
            "is not known here",
            inQuery
                ? "Put it into the query: ?" + each + "=…"
                : "Leave it out, or give one of "
                    + String.join(", ", new TreeSet<>(operation.fields()))
                    + ".");
      }
    }
  }
}
