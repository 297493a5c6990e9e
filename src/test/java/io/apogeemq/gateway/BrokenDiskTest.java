package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.BrokerKeys;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A broker whose log can't be written any more says so, and that it is more than a full disk. */
class BrokenDiskTest {
  @Test
  void aLogThatCantGoOnIsWarnedOfWithItsCause() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("target"), "broken-").toAbsolutePath();
    Path log = folder.resolve("commitlog");
    try (TestNode node =
        TestNode.start(
            Map.of(
                BrokerKeys.STORE_PATH_COMMIT_LOG,
                log.toString(),
                BrokerKeys.MAX_MESSAGE_SIZE_BYTES,
                Integer.toString(128 * 1024),
                BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES,
                Integer.toString(1024 * 1024)))) {
      Api api = new Api(node.gatewayPort());
      JsonObject message = new JsonObject().put("text", "x".repeat(100_000));
      assertThat(api.post("/v1/topics/broken/messages", message).status()).isEqualTo(200);
      assertThat(kinds(api)).doesNotContain("log-failed");
      Files.move(log, folder.resolve("gone"));
      Files.writeString(log, "no folder, so no further file of the log can be created here");
      Awaitility.await()
          .until(
              () -> {
                api.post("/v1/topics/broken/messages", message);
                return kinds(api).contains("log-failed");
              });
      assertThat(kinds(api)).doesNotContain("sends-refused");
      Files.delete(log);
      Files.move(folder.resolve("gone"), log);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private static String kinds(Api api) {
    return api.get("/v1/warnings").body();
  }
}
