package io.apogeemq.compat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes remoting frames between clients and a server, and swallows the answer to one send when it is
 * told to: the server has stored the message and its client doesn't know. Understands JSON headers,
 * which the official clients write.
 */
final class SwallowingProxy implements AutoCloseable {
  private static final Pattern SEND = Pattern.compile("\"code\":(10|310|320)\\b");
  private static final Pattern OPAQUE = Pattern.compile("\"opaque\":(-?\\d+)");
  private static final Pattern MSG_ID = Pattern.compile("\"msgId\":\"(\\w+)\"");

  private final ServerSocket door;
  private final int serverPort;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean armed = new AtomicBoolean();
  private final BlockingQueue<Swallowed> swallowed = new LinkedBlockingQueue<>();

  /** An answer that its client did not get, and how to break its connection. */
  record Swallowed(String msgId, Link on) {
    void cut() {
      on.close();
    }
  }

  /**
   * @param address of this host, another one than the server is bound to
   * @param serverPort of the server on 127.0.0.1; the proxy has the same
   */
  SwallowingProxy(String address, int serverPort) {
    this.serverPort = serverPort;
    try {
      door = new ServerSocket(serverPort, 50, InetAddress.getByName(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("proxy door", this::accept);
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Swallows the answer to the next send. */
  void swallowNext() {
    armed.set(true);
  }

  /** The swallowed answer: the server has given it by now. */
  Swallowed awaitSwallowed() {
    try {
      Swallowed answer = swallowed.poll(30, TimeUnit.SECONDS);
      if (answer == null) {
        throw new AssertionError("no send was answered within 30 s");
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        open.add(client);
        try {
          new Link(client, new Socket("127.0.0.1", serverPort)).start();
        } catch (IOException e) {
          client.close(); // the server is down: so is its proxy
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  /** One client's connection and the one that stands for it at the server. */
  final class Link {
    private static final int NONE = -1;
    private final Socket client;
    private final Socket server;
    private volatile int toSwallow = NONE;

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
      open.add(server);
    }

    void start() {
      SwallowingProxy.start("proxy to server", () -> pump(client, server, this::request));
      SwallowingProxy.start("proxy to client", () -> pump(server, client, this::answer));
    }

    private boolean request(String header) {
      if (SEND.matcher(header).find() && armed.compareAndSet(true, false)) {
        toSwallow = opaque(header);
      }
      return true;
    }

    private boolean answer(String header) {
      if (opaque(header) != toSwallow) {
        return true;
      }
      Matcher id = MSG_ID.matcher(header);
      swallowed.add(new Swallowed(id.find() ? id.group(1) : header, this));
      return false;
    }

    private int opaque(String header) {
      Matcher opaque = OPAQUE.matcher(header);
      return opaque.find() ? Integer.parseInt(opaque.group(1)) : NONE;
    }

    private void pump(Socket from, Socket to, Passing passing) {
      try {
        DataInputStream in = new DataInputStream(from.getInputStream());
        OutputStream out = to.getOutputStream();
        while (true) {
          byte[] frame = new byte[in.readInt()];
          in.readFully(frame);
          int headerLength = ByteBuffer.wrap(frame).getInt() & 0xFFFFFF;
          String header = new String(frame, 4, headerLength, StandardCharsets.UTF_8);
          if (passing.passes(header)) {
            out.write(
                ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array());
            out.flush();
          }
        }
      } catch (IOException e) {
        close(); // one end is gone, so the other one goes
      }
    }

    void close() {
      closeQuietly(client);
      closeQuietly(server);
    }
  }

  /** Looks at a frame's header; false swallows the frame. */
  private interface Passing {
    boolean passes(String header);
  }

  private void closeQuietly(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    open.forEach(this::closeQuietly);
  }
}
