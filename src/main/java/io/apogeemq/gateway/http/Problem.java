package io.apogeemq.gateway.http;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not answered, for people and programs (RFC 9457). Thrown by a handler or failing
 * its future. Carries no stack trace: it is an answer, not a fault of ours.
 *
 * <pre>
 *   { "type": "/problems/topic-not-found", "title": …, "status": 404,
 *     "detail": the cause of this one, "cure": what to do, further members of the kind }
 * </pre>
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ProblemKind kind;
  private final String cure;
  private final transient Map<String, Object> members = new LinkedHashMap<>();

  public Problem(ProblemKind kind, String detail) {
    this(kind, detail, null);
  }

  /**
   * @param detail the cause, a sentence
   * @param cure what helps here, null for what usually helps with the kind
   */
  public Problem(ProblemKind kind, String detail, @Nullable String cure) {
    super(detail, null, false, false);
    this.kind = kind;
    this.cure = cure == null ? kind.cure() : cure;
  }

  /** A field of the body that breaks its rule. */
  public static Problem badField(String field, String flaw, String cure) {
    return new Problem(ProblemKind.INVALID_PARAMETER, "The field " + field + " " + flaw + ".", cure)
        .with("field", field);
  }

  /** Why an operation failed, as a problem. */
  public static Problem of(Throwable failure) {
    return Failures.problem(failure);
  }

  /** Adds a member for programs: the limit that was met, the broker's code. */
  public Problem with(String name, Object value) {
    members.put(name, value);
    return this;
  }

  public ProblemKind kind() {
    return kind;
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("type", "/problems/" + kind.slug())
            .put("title", kind.title())
            .put("status", kind.status())
            .put("detail", getMessage())
            .put("cure", cure);
    members.forEach(json::put);
    return json;
  }
}
