package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.examples.Administer;
import io.apogeemq.examples.ByReceipt;
import io.apogeemq.examples.InOrder;
import io.apogeemq.examples.Later;
import io.apogeemq.examples.ManyMessages;
import io.apogeemq.examples.ReadAsStream;
import io.apogeemq.examples.ReadByHand;
import io.apogeemq.examples.RequestReply;
import io.apogeemq.examples.SendAndReceive;
import io.apogeemq.examples.ToEverybody;
import io.apogeemq.examples.WithTransaction;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The examples of docs/CLIENT.md do what they say, and the document shows them as they are. */
class ExamplesTest {
  private static final long PATIENCE_SECONDS = 30;
  private static final Path SOURCES = Path.of("src/test/java/io/apogeemq/examples");

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    OurClientCase.await(vertx.close());
  }

  @TestFactory
  Stream<DynamicTest> eachExampleShowsWhatItSaw() {
    return Stream.of(
        shows(new SendAndReceive(), "hello"),
        shows(new InOrder(), "created", "paid", "shipped"),
        shows(new Later(), "wake up"),
        shows(new ManyMessages(), "all stored"),
        shows(new WithTransaction(), "COMMIT"),
        shows(new RequestReply(), "LOUD?"),
        shows(new ReadAsStream(), "dig done"),
        shows(new ReadByHand(), "page 1"),
        shows(new ByReceipt(), "a book"),
        shows(new ToEverybody(), "user 7"),
        shows(new Administer(), "10 EUR"));
  }

  private DynamicTest shows(Deployable example, String... texts) {
    return DynamicTest.dynamicTest(
        example.getClass().getSimpleName(),
        () -> {
          assumeTrue(
              !(example instanceof ByReceipt) || Vendor.underTest() != Vendor.APACHE49,
              "POP came with 5.x");
          var listening =
              vertx.eventBus().consumer("seen", message -> seen.add(message.body().toString()));
          JsonObject config =
              new JsonObject().put("nameServers", Cluster.shared(Shape.TWO_BROKERS).namesrvAddr());
          String deployed =
              OurClientCase.await(
                  vertx.deployVerticle(example, new DeploymentOptions().setConfig(config)));
          for (String each : texts) {
            assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(each);
          }
          OurClientCase.await(vertx.undeploy(deployed));
          OurClientCase.await(listening.unregister());
        });
  }

  @Test
  void theDocumentShowsLinesOfTheExamples() throws IOException {
    String document = Files.readString(Path.of("docs/CLIENT.md"));
    String[] parts = document.split("```java\n");
    assertThat(parts).hasSizeGreaterThan(5);
    String example = "";
    for (int i = 0; i < parts.length; i++) {
      if (i > 0) {
        String shown = dense(parts[i].substring(0, parts[i].indexOf("```")));
        String source = dense(Files.readString(SOURCES.resolve(example)));
        assertThat(source).as("lines of %s in docs/CLIENT.md", example).contains(shown);
      }
      Matcher link = Pattern.compile("examples/(\\w+\\.java)\\)").matcher(parts[i]);
      while (link.find()) {
        example = link.group(1);
      }
    }
    try (Stream<Path> files = Files.list(SOURCES)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .allMatch(
              name -> name.equals("package-info.java") || document.contains("examples/" + name));
    }
  }

  /** Without white space, which the formatter decides. */
  private static String dense(String text) {
    return text.replaceAll("\\s+", "");
  }
}
