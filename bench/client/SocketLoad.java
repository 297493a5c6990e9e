import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Members of one new group that take a backlog over WebSockets: each has so many credits, acknowledges 32
 * messages by a frame and gives 32 credits again. A message counts when its acknowledgement is answered.
 */
final class SocketLoad extends CountedLoad {
  static final int CREDITS = 256;
  private static final int TOGETHER = 32;
  private static final String RECEIPT = "\"receipt\":\"";
  private static final AtomicLong GROUPS = new AtomicLong(System.currentTimeMillis());

  private final InetSocketAddress gateway;
  private final String path;
  private final int sockets;
  private final List<WebSocket> open = new ArrayList<>();

  SocketLoad(InetSocketAddress gateway, String topic, int sockets) {
    this.gateway = gateway;
    this.sockets = sockets;
    path =
        "/v1/topics/" + topic + "/groups/BenchSocket" + GROUPS.incrementAndGet() + "/subscribe";
  }

  @Override
  public void start() {
    HttpClient http = HttpClient.newHttpClient();
    for (int i = 0; i < sockets; i++) {
      WebSocket socket = open(http, gateway, path, new Member());
      open.add(socket);
      socket.sendText(credit(CREDITS), true).join();
    }
  }

  static WebSocket open(
      HttpClient http, InetSocketAddress gateway, String path, WebSocket.Listener listener) {
    URI address = URI.create("ws://127.0.0.1:" + gateway.getPort() + path);
    return http.newWebSocketBuilder().buildAsync(address, listener).join();
  }

  /** The receipt in a frame with a message. */
  static String receipt(StringBuilder frame) {
    int from = frame.indexOf(RECEIPT) + RECEIPT.length();
    return frame.substring(from, frame.indexOf("\"", from));
  }

  static String credit(int messages) {
    return "{\"type\":\"credit\",\"messages\":" + messages + "}";
  }

  /** One WebSocket. Its methods are called one after the other. */
  private final class Member implements WebSocket.Listener {
    private final StringBuilder part = new StringBuilder();
    private final StringBuilder receipts = new StringBuilder();
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    private int count;

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        frame(socket, part);
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    private void frame(WebSocket socket, StringBuilder frame) {
      if (frame.indexOf("\"type\":\"message\"") >= 0) {
        receipts.append(count == 0 ? "\"" : "\",\"").append(receipt(frame));
        if (++count == TOGETHER && !isStopping()) {
          String ack = "{\"type\":\"ack\",\"receipts\":[" + receipts + "\"]}";
          receipts.setLength(0);
          count = 0;
          sent = sent.thenCompose(ignored -> socket.sendText(ack, true));
          sent = sent.thenCompose(ignored -> socket.sendText(credit(TOGETHER), true));
        }
      } else if (frame.indexOf("\"problem\"") >= 0) {
        failed(1, frame.toString());
      } else if (frame.indexOf("\"type\":\"result\"") >= 0) {
        acknowledged(TOGETHER);
      }
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      if (!isStopping()) {
        failed(1, failure.toString());
      }
    }
  }

  @Override
  void finish() {
    open.forEach(WebSocket::abort);
  }
}
