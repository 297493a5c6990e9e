package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.gateway.openapi.ApiDocument;
import io.apogeemq.gateway.openapi.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ApiDocumentTest {

  @Test
  void theDocumentIsValidOpenApi() throws Exception {
    ApiDocument document = ApiDocument.ofThisJar();
    Vertx vertx = Vertx.vertx();
    try {
      OpenAPIVersion version = OpenAPIVersion.fromContract(document.json());
      OutputUnit outcome =
          await(
              version
                  .getRepository(vertx, "https://apogeemq.invalid/")
                  .compose(schemas -> version.validateContract(vertx, schemas, document.json())));
      assertThat(outcome.getValid()).as("%s", outcome.getErrors()).isTrue();
    } finally {
      await(vertx.close());
    }
  }

  /** A gateway that requires an account answers only these without one. */
  @Test
  void onlyWhatTellsNothingOfMessagesNeedsNoAccount() {
    assertThat(ApiDocument.ofThisJar().operations())
        .filteredOn(Operation::open)
        .extracting(Operation::id)
        .containsExactlyInAnyOrder(
            "openapiYaml",
            "openapiJson",
            "docs",
            "live",
            "ready",
            "version",
            "metrics",
            "getSession",
            "createSession",
            "deleteSession");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
