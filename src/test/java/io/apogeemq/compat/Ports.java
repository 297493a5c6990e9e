package io.apogeemq.compat;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports below the range that the system gives to outgoing connections, so that no client takes
 * one between the look and the server's start. No port is given twice.
 */
public final class Ports {
  private static final int FROM = 15_000;
  private static final int TO = 30_000;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /** A port whose neighbours at −2 (fast port) and +1 (replication port) are free too. */
  public static int forBroker() {
    return find(0, -2, 1);
  }

  /** A single free port. */
  public static int one() {
    return find(0);
  }

  private static int find(int... neighbours) {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FROM, TO);
      if (Arrays.stream(neighbours).allMatch(step -> isFree(port + step))) {
        Arrays.stream(neighbours).forEach(step -> GIVEN.add(port + step));
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    if (GIVEN.contains(port)) {
      return false;
    }
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
