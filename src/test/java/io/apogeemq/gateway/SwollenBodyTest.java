package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.apogeemq.app.TestNode;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.ScriptedNode;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Messages that are small as they are stored and very large when they are read, against a node of the usual heap. */
class SwollenBodyTest {
  private static final int SIZE = 16 * 1024 * 1024;

  /** Bytes of each message. JSON writes a zero with six letters, a quote with two. */
  private static final byte[] FILLINGS = {0, 0, '"', 0, 'a', 0};

  private static final JsonFactory LONG_TEXTS =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(2 * SIZE).build())
          .build();

  private static final String TOPIC = "swollen";
  private static final String GROUPS = "/v1/topics/" + TOPIC + "/groups/";

  private static Process node;
  private static Api api;

  @BeforeAll
  static void start() throws Exception {
    node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                SmallNode.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8));
    String line = said.readLine();
    while (!line.startsWith("ports ")) {
      line = said.readLine();
    }
    String[] ports = line.split(" ");
    api = new Api(Integer.parseInt(ports[2]));
    Vertx vertx = Vertx.vertx();
    ApogeeClient client = ApogeeClient.create(vertx, ClientOptions.of(ports[1]));
    ScriptedNode.await(client.admin().createTopic(TOPIC, 1));
    Producer producer = client.producer(ProducerOptions.of("swollen").setCompressFromBytes(4096));
    for (byte each : FILLINGS) {
      byte[] body = new byte[SIZE];
      Arrays.fill(body, each);
      ScriptedNode.await(producer.send(new Message(TOPIC, 0, Map.of(), body)));
    }
    ScriptedNode.await(client.close());
    ScriptedNode.await(vertx.close());
  }

  /** A node that ends with its input. */
  static final class SmallNode {
    private SmallNode() {}

    public static void main(String[] args) throws IOException {
      try (TestNode node = TestNode.start(Map.of())) {
        System.out.println("ports " + node.nameServer() + " " + node.gatewayPort());
        System.in.read();
      }
      System.exit(0);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    node.getOutputStream().close();
    if (!node.waitFor(20, TimeUnit.SECONDS)) {
      node.destroyForcibly();
    }
  }

  @Test
  void severalWhoReceiveThemAtOnceGetAllOfThemWhole() throws Exception {
    assertThat(atOnce(() -> received("a"), () -> received("b")))
        .containsExactly(
            expected("base64", "base64", "text", "base64", "text", "base64"),
            expected("base64", "base64", "text", "base64", "text", "base64"));
    assertThat(node.isAlive()).isTrue();
  }

  private static List<String> expected(String... forms) {
    return Arrays.stream(forms)
        .map(form -> form + " " + (form.equals("text") ? SIZE : (SIZE + 2) / 3 * 4))
        .toList();
  }

  @Test
  void subscribersGetAllOfThem() throws Exception {
    assertThat(atOnce(() -> subscribed("c"), () -> subscribed("d")))
        .allSatisfy(
            frames -> assertThat(frames).hasSize(FILLINGS.length).allMatch(size -> size > SIZE));
    assertThat(node.isAlive()).isTrue();
  }

  @Test
  void oneByOneTheyComeAsTheyAre() throws Exception {
    for (byte each : FILLINGS) {
      HttpResponse<byte[]> response =
          Api.http()
              .send(receive("e", "as=raw&waitMs=5000"), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(response.headers().firstValue("x-body-flaw")).isEmpty();
      assertThat(response.headers().firstValue("x-receipt")).isPresent();
      assertThat(response.body()).hasSize(SIZE);
      assertThat(response.body()[SIZE - 1]).isEqualTo(each);
    }
  }

  private static <T> List<T> atOnce(Callable<T> one, Callable<T> other) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(List.of(one, other))) {
        results.add(each.get());
      }
      return results;
    } finally {
      threads.shutdown();
    }
  }

  private static HttpRequest receive(String group, String query) {
    return api.request(
        "POST", GROUPS + group + "/receive?" + query, HttpRequest.BodyPublishers.noBody());
  }

  /** The bodies of one answer: their forms and lengths. */
  private static List<String> received(String group) throws Exception {
    HttpResponse<InputStream> response =
        Api.http()
            .send(
                receive(group, "as=text&max=32&waitMs=5000"),
                HttpResponse.BodyHandlers.ofInputStream());
    List<String> bodies = new ArrayList<>();
    try (JsonParser parser = LONG_TEXTS.createParser(response.body())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String name = parser.currentName();
        if (token == JsonToken.VALUE_STRING && (name.equals("text") || name.equals("base64"))) {
          bodies.add(name + " " + parser.getTextLength());
        }
        assertThat(name).isNotEqualTo("bodyFlaw");
      }
    }
    return bodies;
  }

  /** The lengths of the frames that come. */
  private static List<Long> subscribed(String group) throws Exception {
    BlockingQueue<Long> lengths = new LinkedBlockingQueue<>();
    HttpClient http = Api.http();
    String path = GROUPS + group + "/subscribe?as=text";
    WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create(api.uri(path).toString().replaceFirst("http", "ws")),
                new Lengths(lengths))
            .join();
    socket.sendText("{\"type\":\"credit\",\"messages\":32}", true).join();
    List<Long> all = new ArrayList<>();
    while (all.size() < FILLINGS.length) {
      Long next = lengths.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("after %s", all).isNotNull();
      all.add(next);
    }
    socket.abort();
    return all;
  }

  private static final class Lengths implements WebSocket.Listener {
    private final BlockingQueue<Long> to;
    private long length;

    private Lengths(BlockingQueue<Long> to) {
      this.to = to;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      length += text.length();
      if (last) {
        to.add(length);
        length = 0;
      }
      from.request(1);
      return null;
    }
  }
}
