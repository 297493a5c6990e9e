package io.apogeemq.compat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The wrong client at the wrong port, the commonest mistake with several ports: it gets an answer that
 * its user can read, and the log names who spoke what.
 */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache.*",
    disabledReason = "the original closes without a word")
@ExtendWith(OutputOnFailure.class)
class ForeignProtocolTest {

  /** A port by what listens there. */
  enum Door {
    NAMESRV,
    BROKER,
    FAST_PORT;

    int port() {
      Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
      return switch (this) {
        case NAMESRV -> cluster.namesrv().namesrvPort();
        case BROKER -> cluster.broker().brokerPort();
        case FAST_PORT -> cluster.broker().brokerPort() - 2;
      };
    }

    ChildProcess process() {
      Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
      return (this == NAMESRV ? cluster.namesrv() : cluster.broker()).process();
    }
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void aBrowserReadsWhichPortThisIs(Door door) throws IOException, InterruptedException {
    int said = lines(door);
    HttpResponse<String> answer =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .build()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/topics"))
                    .timeout(Duration.ofSeconds(10))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isBetween(400, 499);
    assertThat(answer.body()).contains("" + door.port(), "HTTP");
    door.process().awaitLine(line -> line.contains("HTTP"), said, Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void aGrpcClientIsSentAwayInHttp2(Door door) throws IOException {
    int said = lines(door);
    try (RawClient client = RawClient.connect(door.port())) {
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(US_ASCII));
      byte[] answer = client.readUntilQuiet(Duration.ofSeconds(2));
      assertThat(answer).as("frames of HTTP/2").hasSizeGreaterThan(9);
      int goAway = 9; // behind the empty SETTINGS frame
      assertThat(answer[3]).as("type of the first frame").isEqualTo((byte) 4);
      assertThat(answer[goAway + 3]).as("type of the second frame").isEqualTo((byte) 7);
      assertThat(new String(answer, ISO_8859_1)).contains("" + door.port());
    }
    door.process().awaitLine(line -> line.contains("HTTP/2"), said, Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void aTlsClientThatTrustsNobodyFailsAndTheLogSaysWhy(Door door) throws IOException {
    int said = lines(door);
    try (SSLSocket socket =
        (SSLSocket) SSLSocketFactory.getDefault().createSocket("127.0.0.1", door.port())) {
      socket.setSoTimeout(10_000);
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
    door.process().awaitLine(line -> line.contains("TLS"), said, Duration.ofSeconds(5));
  }

  private static int lines(Door door) {
    return door.process().lines().size();
  }
}
