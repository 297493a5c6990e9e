import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Pipelined requests on plain sockets, driven by one thread: so little work for the client that the
 * broker is what saturates. Each connection keeps a window of unanswered messages and fills it up
 * when an eighth of it is free, in one write. Every answer is matched with its request and its code
 * checked.
 */
final class RawSender extends CountedLoad {
  private static final int OUT_BYTES = 1 << 20;
  private static final int IN_BYTES = 1 << 18;
  private static final int OPAQUES = 1 << 16;
  private static final int SAMPLE = 64; // every so many answers the log position is read

  private final InetSocketAddress broker;
  private final List<Frames.Frame> frames;
  private final int connections;
  private final int window;
  private final long limit;
  private final Thread thread = new Thread(this::run, "raw-sender");
  private final List<Connection> open = new ArrayList<>();
  private volatile long logPosition = -1;
  private long promised; // sent or acknowledged, without the refused
  private long key;

  /**
   * @param frames sent in turn
   * @param window messages without answer per connection
   * @param limit ends by itself when so many are acknowledged
   */
  RawSender(
      InetSocketAddress broker,
      List<Frames.Frame> frames,
      int connections,
      int window,
      long limit) {
    this.broker = broker;
    this.frames = frames;
    this.connections = connections;
    this.window = window;
    this.limit = limit;
  }

  @Override
  public void start() {
    thread.start();
  }

  /** Where the broker's log was lately; -1 before the first sample. */
  long logPosition() {
    return logPosition;
  }

  /** Until the limit is reached or the connection is lost. */
  void await() throws InterruptedException {
    thread.join();
  }

  @Override
  void finish() throws InterruptedException {
    thread.join();
  }

  private void run() {
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < connections; i++) {
        open.add(new Connection(selector, i * frames.size() / connections));
      }
      for (Connection connection : open) {
        connection.fill();
      }
      long giveUp = 0;
      while (open.stream().anyMatch(Connection::isBusy)) {
        selector.select(100);
        for (SelectionKey ready : selector.selectedKeys()) {
          ((Connection) ready.attachment()).proceed();
        }
        selector.selectedKeys().clear();
        if (isStopping()) {
          giveUp = giveUp == 0 ? System.nanoTime() + 5_000_000_000L : giveUp;
          if (System.nanoTime() > giveUp) {
            failed(0, "answers are missing");
            break;
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      failed(1, e.toString());
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
  }

  /** One socket with its window. */
  private final class Connection {
    private final SocketChannel channel = SocketChannel.open();
    private final SelectionKey selection;
    private final ByteBuffer out = ByteBuffer.allocateDirect(OUT_BYTES);
    private final ByteBuffer in = ByteBuffer.allocate(IN_BYTES);
    private final int[] unanswered = new int[OPAQUES]; // by opaque: messages of the request, 0 if there is none
    private final Answer answer = new Answer();
    private int next;
    private int opaque;
    private int inFlight;
    private int answers;

    Connection(Selector selector, int firstFrame) throws IOException {
      next = firstFrame;
      channel.connect(broker);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      selection = channel.register(selector, SelectionKey.OP_READ, this);
    }

    boolean isBusy() {
      return inFlight > 0 || !isOver();
    }

    private boolean isOver() {
      return isStopping() || messages() >= limit;
    }

    void proceed() throws IOException {
      if (selection.isReadable()) {
        readAnswers();
      }
      if (window - inFlight >= window / 8) {
        fill();
      }
      flush();
    }

    /** Appends requests as far as the window and the buffer reach. */
    void fill() throws IOException {
      while (!isStopping() && promised < limit) {
        Frames.Frame frame = frames.get(next);
        if (inFlight + frame.messages() > Math.max(window, frame.messages())
            || out.remaining() < frame.size()) {
          break;
        }
        next = next + 1 == frames.size() ? 0 : next + 1;
        opaque = opaque + 1 & OPAQUES - 1;
        unanswered[opaque] = frame.messages();
        frame.put(out, opaque, key);
        key += frame.messages();
        promised += frame.messages();
        inFlight += frame.messages();
      }
      flush();
    }

    private void flush() throws IOException {
      out.flip();
      channel.write(out);
      selection.interestOps(
          out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
      out.compact();
    }

    private void readAnswers() throws IOException {
      if (channel.read(in) < 0) {
        throw new IOException("the broker closed the connection");
      }
      byte[] bytes = in.array();
      int at = 0;
      long acknowledged = 0;
      while (in.position() - at >= 4) {
        int length = Answer.int32(bytes, at);
        if (in.position() - at < 4 + length) {
          break;
        }
        answer.read(bytes, at);
        acknowledged += take();
        at += 4 + length;
      }
      acknowledged(acknowledged);
      in.flip().position(at);
      in.compact();
    }

    /** Messages that the answer acknowledges. */
    private int take() {
      int count = answer.opaque >= 0 && answer.opaque < OPAQUES ? unanswered[answer.opaque] : 0;
      if (count == 0) {
        throw new IllegalStateException("an answer to no request: " + answer.header());
      }
      unanswered[answer.opaque] = 0;
      inFlight -= count;
      if (answer.code != 0) {
        promised -= count;
        failed(count, "code " + answer.code + " " + answer.header());
        return 0;
      }
      if (answers++ % SAMPLE == 0) {
        logPosition = Math.max(logPosition, answer.logPosition());
      }
      return count;
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        failed(0, e.toString());
      }
    }
  }
}
