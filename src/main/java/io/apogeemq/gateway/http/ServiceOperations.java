package io.apogeemq.gateway.http;

import io.apogeemq.gateway.openapi.ApiDocument;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** What a gateway says about itself: its document, the page to try it, whether it lives and is ready. */
public final class ServiceOperations implements OperationFamily {
  private static final String PAGE = "/gateway/docs.html";

  private final ApiDocument document;
  private final Buffer page;
  private final String version;

  /** Reads the page from the jar. */
  public ServiceOperations(ApiDocument document, String version) {
    this.document = document;
    this.version = version;
    try (InputStream in = ServiceOperations.class.getResourceAsStream(PAGE)) {
      if (in == null) {
        throw new IllegalStateException("this jar has no " + PAGE);
      }
      page = Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "openapiYaml",
        call -> now(Answer.of("application/yaml", Buffer.buffer(document.yaml()))),
        "openapiJson",
        call -> now(Answer.ok(document.json())),
        "docs",
        call -> now(Answer.of("text/html; charset=utf-8", page)),
        "live",
        call -> now(Answer.ok(new JsonObject().put("status", "live"))),
        "ready",
        this::ready,
        "version",
        call -> now(Answer.ok(new JsonObject().put("name", "ApogeeMQ").put("version", version))));
  }

  /** Ready means: a name server answers and knows a broker. */
  private Future<Answer> ready(Call call) {
    return call.client()
        .admin()
        .masters()
        .map(
            brokers -> {
              if (brokers.isEmpty()) {
                throw new Problem(
                    ProblemKind.UNAVAILABLE,
                    "The name server knows no broker.",
                    "Start a broker that registers with it.");
              }
              return Answer.ok(
                  new JsonObject().put("status", "ready").put("brokers", brokers.size()));
            });
  }

  private static Future<Answer> now(Answer answer) {
    return Future.succeededFuture(answer);
  }
}
