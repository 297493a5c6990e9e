package io.apogeemq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.BrokerKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowNameServerTest {
  private static final long REGISTRATION_TIMEOUT_MS = 15_000;

  @TempDir Path folder;

  @Test
  void aNameServerThatNeverAnswersDoesNotKeepClientsWaiting() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      long beganNanos = System.nanoTime();
      try (TestBroker broker =
          TestBroker.open(
              folder,
              Map.of(
                  BrokerKeys.NAMESRV_ADDR,
                  "127.0.0.1:" + silent.getLocalPort(),
                  BrokerKeys.REGISTER_BROKER_TIMEOUT_MS,
                  Long.toString(REGISTRATION_TIMEOUT_MS)))) {
        long tookMs = (System.nanoTime() - beganNanos) / 1_000_000;
        assertThat(tookMs).isLessThan(REGISTRATION_TIMEOUT_MS);
        assertThat(broker.send("T", "served", "").queueOffset()).isZero();
      }
    }
  }
}
