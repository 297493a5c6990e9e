package io.apogeemq.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page's files over a real socket, with their headers. */
class ConsolePageTest {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static Vertx vertx;
  private static int port;

  @BeforeAll
  static void serve() throws Exception {
    vertx = Vertx.vertx();
    Router router = Router.router(vertx);
    new ConsolePage().accept(router);
    HttpServer server =
        await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    port = server.actualPort();
  }

  @AfterAll
  static void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void theRootLeadsToTheConsole() throws Exception {
    for (String each : new String[] {"/", "/console"}) {
      HttpResponse<byte[]> answer = get(each);
      assertThat(answer.statusCode()).as(each).isEqualTo(302);
      assertThat(header(answer, "Location")).isEqualTo("/console/");
    }
  }

  @Test
  void thePageLoadsNothingFromElsewhereAndStandsInNoFrame() throws Exception {
    HttpResponse<byte[]> answer = get("/console/");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(new String(answer.body())).doesNotContain("http://", "https://", "{build}");
  }

  @Test
  void thePageIsAskedForAnewAndItsFilesAreKeptForGood() throws Exception {
    HttpResponse<byte[]> page = get("/console/");
    assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
    assertThat(get("/console/", "If-None-Match", header(page, "ETag")).statusCode()).isEqualTo(304);
    String build = header(page, "ETag").replaceAll("[W/\"]", "");
    HttpResponse<byte[]> file = get("/console/" + build + "/main.js");
    assertThat(file.statusCode()).isEqualTo(200);
    assertThat(header(file, "Content-Type")).startsWith("text/javascript");
    assertThat(header(file, "Cache-Control")).contains("immutable");
    assertThat(get("/console/0123456789ab/main.js").statusCode()).isEqualTo(404);
  }

  @Test
  void filesComeCompressedToWhoTakesThat() throws Exception {
    String vue = "/console/" + Assets.ofThisJar().build() + "/lib/vue.js";
    HttpResponse<byte[]> plain = get(vue);
    HttpResponse<byte[]> packed = get(vue, "Accept-Encoding", "br, gzip");
    assertThat(header(plain, "Content-Encoding")).isEmpty();
    assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
    assertThat(header(packed, "Vary")).isEqualToIgnoringCase("accept-encoding");
    assertThat(packed.body().length).isLessThan(plain.body().length / 2);
    try (GZIPInputStream unpacked =
        new GZIPInputStream(new java.io.ByteArrayInputStream(packed.body()))) {
      assertThat(unpacked.readAllBytes()).isEqualTo(plain.body());
    }
    assertThat(header(get(vue, "Accept-Encoding", "gzip;q=0"), "Content-Encoding")).isEmpty();
  }

  /** Browsers ask for it on their own, for instance when they show /metrics. */
  @Test
  void whatNamesNoIconHasThatOfTheConsole() throws Exception {
    HttpResponse<byte[]> icon = get("/favicon.ico");
    assertThat(icon.statusCode()).isEqualTo(200);
    assertThat(header(icon, "Content-Type")).isEqualTo("image/svg+xml");
    assertThat(new String(icon.body())).startsWith("<svg");
  }

  @Test
  void nothingIsServedThatTheListDoesNotName() throws Exception {
    String files = "/console/" + Assets.ofThisJar().build();
    for (String each :
        new String[] {"/assets.txt", "/../openapi.yaml", "/%2e%2e/openapi.yaml", "/pages/", ""}) {
      assertThat(get(files + each).statusCode()).as(each).isEqualTo(404);
    }
  }

  private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
