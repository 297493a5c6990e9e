package io.apogeemq.cli;

import io.apogeemq.cli.quickstart.Consumer;
import io.apogeemq.cli.quickstart.Producer;
import io.apogeemq.client.Delivery;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The whole quick start in one go, for {@code apogee quickstart}: sends 1,000 messages over TCP to a
 * running node, receives them, prints each result and each message as the two programs do, and a
 * summary.
 */
@RunsOn(ThreadRole.CALLER)
public final class Quickstart {
  /** Receiving ends when nothing came for so long. */
  private static final long PATIENCE_MS = 30_000;

  private Quickstart() {}

  /**
   * How it went.
   *
   * @param sent acknowledged sends, of {@code wanted}
   * @param received of the acknowledged messages, each counted once
   * @param repeated how many of them came a second time
   * @param sendNs from the first send to the last acknowledgement
   * @param receiveNs from the consumer's start to the last message
   */
  public record Outcome(
      int wanted, int sent, int received, int repeated, long sendNs, long receiveNs) {
    /** Messages that did not make the whole way. */
    public int missing() {
      return wanted - received;
    }

    /** 0 if all messages came back. */
    public int exitStatus() {
      return missing() == 0 ? 0 : 1;
    }

    /** The summary that is printed at the end. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "Sent %d of %d messages in %.2f s (%.0f/s), received %d in %.2f s (%.0f/s): "
              + "%d missing, %d repeated.",
          sent,
          wanted,
          sendNs / 1e9,
          rate(sent, sendNs),
          received,
          receiveNs / 1e9,
          rate(received, receiveNs),
          missing(),
          repeated);
    }

    private static double rate(int messages, long ns) {
      return ns == 0 ? 0 : messages * 1e9 / ns;
    }
  }

  /**
   * Sends, receives and prints. Messages of earlier runs that the group has not consumed are printed,
   * too, but not counted.
   *
   * @param nameServers of a cluster that creates topics on their first message
   * @throws CommandFailed if the node can't be reached at all
   */
  public static Outcome run(String nameServers, PrintStream out) {
    try (CommandClient client = new CommandClient(nameServers)) {
      Set<String> sent = new HashSet<>();
      long sendStartNs = System.nanoTime();
      Producer.send(client, out, result -> sent.add(result.msgId()));
      long sendNs = System.nanoTime() - sendStartNs;

      Set<String> received = new HashSet<>();
      int repeated = 0;
      long receiveStartNs = System.nanoTime();
      long lastNs = receiveStartNs;
      Consumer consumer = new Consumer(client);
      client.await(consumer.start());
      out.println("Consumer Started.");
      while (received.size() < sent.size()) {
        Delivery delivery = consumer.printNext(out, PATIENCE_MS);
        if (delivery == null) {
          break;
        }
        for (ReceivedMessage each : delivery.messages()) {
          if (sent.contains(each.messageId())) {
            lastNs = System.nanoTime();
            repeated += received.add(each.messageId()) ? 0 : 1;
          }
        }
      }
      Outcome outcome =
          new Outcome(
              Producer.MESSAGES,
              sent.size(),
              received.size(),
              repeated,
              sendNs,
              lastNs - receiveStartNs);
      out.println(outcome);
      return outcome;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted");
    }
  }
}
