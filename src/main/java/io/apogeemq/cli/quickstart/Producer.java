package io.apogeemq.cli.quickstart;

import io.apogeemq.cli.CommandClient;
import io.apogeemq.cli.CommandFailed;
import io.apogeemq.cli.CommandLogs;
import io.apogeemq.cli.NameServerAddress;
import io.apogeemq.client.Message;
import io.apogeemq.client.SendResult;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Sends 1,000 messages, one after the other, and prints each result. Ends with status 1 if one could
 * not be sent.
 *
 * <pre>Producer [-n HOST:PORT]</pre>
 */
public final class Producer {
  /** The topic of the quick start. */
  public static final String TOPIC = "TopicTest";

  /** How many messages it sends. */
  public static final int MESSAGES = 1000;

  static final String GROUP = "please_rename_unique_group_name";
  private static final String TAG = "TagA";

  private Producer() {}

  public static void main(String[] args) {
    CommandLogs.onlyWarnings();
    int failed;
    try (CommandClient client = new CommandClient(NameServerAddress.find(Arguments.parse(args)))) {
      failed = MESSAGES - send(client, System.out, result -> {});
    } catch (CommandFailed e) {
      System.err.println(e.getMessage());
      failed = MESSAGES;
    }
    System.exit(failed == 0 ? 0 : 1);
  }

  /**
   * Sends the messages and prints the results in the original's form; a failure is one line instead.
   *
   * @param each gets every result
   * @return how many were sent
   */
  public static int send(CommandClient client, PrintStream out, Consumer<SendResult> each) {
    var producer = client.client().producer(GROUP);
    int sent = 0;
    for (int i = 0; i < MESSAGES; i++) {
      byte[] body = ("Hello RocketMQ " + i).getBytes(StandardCharsets.UTF_8);
      try {
        SendResult result = client.await(producer.send(Message.of(TOPIC, TAG, body)));
        out.println(result);
        each.accept(result);
        sent++;
      } catch (CommandFailed e) {
        out.println("message " + i + " not sent: " + e.getMessage());
      }
    }
    return sent;
  }
}
