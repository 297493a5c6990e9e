import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One POST per message over keep-alive connections, several of them unanswered on each, driven by one
 * thread: the HTTP counterpart of {@link RawSender}. Every answer's status is checked.
 */
final class HttpSender extends CountedLoad {
  private static final int IN_BYTES = 1 << 16;
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress gateway;
  private final byte[] request;
  private final int connections;
  private final int depth;
  private final Thread thread = new Thread(this::run, "http-sender");

  /**
   * @param depth unanswered requests of a connection
   */
  HttpSender(InetSocketAddress gateway, String topic, int bytes, int connections, int depth) {
    this.gateway = gateway;
    this.connections = connections;
    this.depth = depth;
    byte[] head =
        ("POST /v1/topics/" + topic + "/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Content-Type: application/octet-stream\r\nContent-Length: " + bytes + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    request = Arrays.copyOf(head, head.length + bytes);
    Arrays.fill(request, head.length, request.length, (byte) 'x');
  }

  /** One connection: what is still to be written, and the part of an answer that has come. */
  private final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(depth * request.length);
    private final ByteBuffer in = ByteBuffer.allocate(IN_BYTES);

    Connection(Selector selector) throws IOException {
      channel = SocketChannel.open(gateway);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
      out.flip();
      ask(depth);
    }

    private void ask(int count) throws IOException {
      out.compact();
      for (int i = 0; i < count; i++) {
        out.put(request);
      }
      out.flip();
      write();
    }

    private void write() throws IOException {
      channel.write(out);
      channel
          .keyFor(selector)
          .interestOps(
              out.hasRemaining()
                  ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                  : SelectionKey.OP_READ);
    }

    private void read() throws IOException {
      if (channel.read(in) < 0) {
        throw new IOException("the gateway has closed a connection");
      }
      in.flip();
      int answered = 0;
      for (int size = whole(); size > 0; size = whole()) {
        count(in.array(), in.position(), size);
        in.position(in.position() + size);
        answered++;
      }
      in.compact();
      if (answered > 0 && !isStopping()) {
        ask(answered);
      }
    }

    /** Size of the answer that the buffer begins with; 0 if it is not whole yet. */
    private int whole() {
      int from = in.position();
      int head = find(in.array(), HEAD_END, from, in.limit());
      if (head < 0) {
        return 0;
      }
      int at = find(in.array(), LENGTH, from, head);
      int length = 0;
      for (int i = at + LENGTH.length; at >= 0 && in.array()[i] >= '0'; i++) {
        length = length * 10 + in.array()[i] - '0';
      }
      int size = head + HEAD_END.length + length - from;
      return size <= in.remaining() ? size : 0;
    }
  }

  private Selector selector;

  private void run() {
    try (Selector all = Selector.open()) {
      selector = all;
      for (int i = 0; i < connections; i++) {
        new Connection(all);
      }
      while (!isStopping()) {
        all.select(100);
        for (SelectionKey each : all.selectedKeys()) {
          Connection connection = (Connection) each.attachment();
          if (each.isWritable()) {
            connection.write();
          }
          if (each.isReadable()) {
            connection.read();
          }
        }
        all.selectedKeys().clear();
      }
      for (SelectionKey each : List.copyOf(all.keys())) {
        each.channel().close();
      }
    } catch (IOException | RuntimeException e) {
      failed(1, e.toString());
    }
  }

  private void count(byte[] answer, int from, int size) {
    if (find(answer, OK, from, from + OK.length) == from) {
      acknowledged(1);
    } else {
      failed(1, new String(answer, from, size, StandardCharsets.UTF_8));
    }
  }

  static int find(byte[] in, byte[] what, int from, int to) {
    outer:
    for (int i = from; i <= to - what.length; i++) {
      for (int k = 0; k < what.length; k++) {
        if (in[i + k] != what[k]) {
          continue outer;
        }
      }
      return i;
    }
    return -1;
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  void finish() throws InterruptedException {
    thread.join();
  }
}
