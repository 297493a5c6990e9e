package io.apogeemq.compat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** One plain socket to a server: what a frame's bytes do, without any client between. */
final class RawClient implements AutoCloseable {
  private static final ObjectMapper JSON =
      new ObjectMapper().configure(JsonParser.Feature.ALLOW_UNQUOTED_FIELD_NAMES, true);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Socket socket;
  private final DataInputStream in;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  static RawClient connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.setTcpNoDelay(true);
    return new RawClient(socket);
  }

  /** The same with TLS, whatever certificate the server shows. */
  static RawClient connectTls(int port) throws IOException {
    SSLSocket socket = (SSLSocket) trustingAll().getSocketFactory().createSocket();
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.startHandshake();
    return new RawClient(socket);
  }

  private static SSLContext trustingAll() {
    X509ExtendedTrustManager trust =
        new X509ExtendedTrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * An answer.
   *
   * @param form 0 if its header was JSON, 1 if binary; of a binary one only code and opaque are read
   */
  record Answer(int form, int code, int opaque, String remark, JsonNode header, byte[] body) {
    String bodyText() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** A header field's text; empty if there is none. */
    String ext(String field) {
      return header.path("extFields").path(field).asText();
    }
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends a frame and reads the answer with its opaque. */
  Answer ask(RawFrame frame) throws IOException {
    send(frame.bytes());
    return answerTo(frame);
  }

  Answer answerTo(RawFrame frame) throws IOException {
    while (true) {
      Answer answer = read();
      if (answer.opaque() == frame.opaque()) {
        return answer;
      }
    }
  }

  /** The next frame of the server. */
  Answer read() throws IOException {
    int length = in.readInt();
    int mark = in.readInt();
    byte[] header = in.readNBytes(mark & 0xFFFFFF);
    byte[] body = in.readNBytes(length - 4 - header.length);
    if (mark >>> 24 == 1) {
      DataInputStream fields = new DataInputStream(new java.io.ByteArrayInputStream(header));
      int code = fields.readShort();
      fields.skipNBytes(3);
      return new Answer(1, code, fields.readInt(), "", JSON.createObjectNode(), body);
    }
    JsonNode json = JSON.readTree(header);
    return new Answer(
        0,
        json.path("code").asInt(),
        json.path("opaque").asInt(),
        json.path("remark").asText(),
        json,
        body);
  }

  /** Whether the server ends the connection within the patience; answers before that are skipped. */
  boolean isClosedByServer() throws IOException {
    socket.setSoTimeout((int) PATIENCE.toMillis());
    try {
      while (in.read() >= 0) {
        // what was on its way
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException | EOFException e) {
      return true;
    }
  }

  /** All bytes until the server closes or is silent for a while. */
  byte[] readUntilQuiet(Duration quiet) throws IOException {
    socket.setSoTimeout((int) quiet.toMillis());
    var all = new java.io.ByteArrayOutputStream();
    byte[] some = new byte[4096];
    try {
      for (int n = in.read(some); n >= 0; n = in.read(some)) {
        all.write(some, 0, n);
      }
    } catch (SocketTimeoutException | SocketException e) {
      return all.toByteArray();
    }
    return all.toByteArray();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
