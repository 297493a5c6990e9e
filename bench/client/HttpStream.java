import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** NDJSON without end over each connection: one thread writes lines, one counts the lines of answers. */
final class HttpStream extends CountedLoad {
  private static final int LINES_AT_ONCE = 32;
  private static final String STORED = "\"status\":\"SEND_OK\"";

  private final InetSocketAddress gateway;
  private final String head;
  private final byte[] chunk;
  private final int connections;
  private final Workers workers = new Workers();

  HttpStream(InetSocketAddress gateway, String topic, int bytes, int connections) {
    this.gateway = gateway;
    this.connections = connections;
    head =
        "POST /v1/topics/" + topic + "/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    String lines = ("{\"text\":\"" + "x".repeat(bytes) + "\"}\n").repeat(LINES_AT_ONCE);
    chunk =
        (Integer.toHexString(lines.length()) + "\r\n" + lines + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void start() throws IOException {
    for (int i = 0; i < connections; i++) {
      Socket socket = new Socket(gateway.getAddress(), gateway.getPort());
      workers.add(() -> write(socket));
      workers.add(() -> read(socket));
    }
  }

  private void write(Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    while (!isStopping()) {
      out.write(chunk);
    }
    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** A line ends with a brace; the lengths of chunks between them don't. */
  private void read(Socket socket) throws IOException {
    byte[] stored = STORED.getBytes(StandardCharsets.US_ASCII);
    byte[] buffer = new byte[1 << 16];
    int have = 0;
    InputStream in = socket.getInputStream();
    for (int read = in.read(buffer); read > 0; read = in.read(buffer, have, buffer.length - have)) {
      have += read;
      int from = 0;
      for (int i = 1; i < have; i++) {
        if (buffer[i] == '\n' && buffer[i - 1] == '}') {
          boolean last = HttpSender.find(buffer, "\"lines\":".getBytes(), from, i) >= 0;
          if (HttpSender.find(buffer, stored, from, i) >= 0) {
            acknowledged(1);
          } else if (last) {
            socket.close();
            return;
          } else {
            failed(1, new String(buffer, from, i - from, StandardCharsets.UTF_8));
          }
          from = i + 1;
        }
      }
      System.arraycopy(buffer, from, buffer, 0, have - from);
      have -= from;
    }
  }

  @Override
  void finish() throws Exception {
    workers.join();
  }
}
