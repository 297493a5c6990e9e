package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.remoting.RPCHook;

/**
 * A producer that sends what it is told.
 *
 * <p>Arguments: group, and a tag if it is not TagA. Lines in: {@code send TOPIC COUNT PREFIX [PADDING]} sends COUNT messages with the
 * bodies PREFIX0, PREFIX1, …, each followed by PADDING times {@code -}; {@code as ACCESSKEY:SECRETKEY} goes on
 * with that account, {@code as nobody} without one; {@code pack TYPE} compresses what is large enough by LZ4, ZSTD or ZLIB from now
 * on (5.x); the end of input stops it. Lines out: {@code STARTED}, {@code ACK
 * status broker queue offset body} or {@code FAILED body reason} per message, {@code DONE} per command.
 */
public class Produce {
  private static String tag = "TagA";

  public static void main(String[] args) throws Exception {
    tag = args.length > 1 ? args[1] : tag;
    DefaultMQProducer producer = start(args[0], Hook.ofFlag());
    System.out.println("STARTED");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("as")) {
        producer.shutdown();
        producer = start(args[0], words[1].equals("nobody") ? null : Hook.of(words[1]));
        System.out.println("DONE");
        continue;
      }
      if (words[0].equals("pack")) {
        pack(producer, words[1]);
        System.out.println("DONE");
        continue;
      }
      StringBuilder padding = new StringBuilder();
      for (int i = 0; words.length > 4 && i < Integer.parseInt(words[4]); i++) {
        padding.append('-');
      }
      for (int i = 0; i < Integer.parseInt(words[2]); i++) {
        send(producer, words[1], words[3] + i, padding);
      }
      System.out.println("DONE");
    }
    producer.shutdown();
    System.exit(0);
  }

  /** 4.9 has no such method. */
  private static void pack(DefaultMQProducer producer, String type) throws Exception {
    for (Method each : DefaultMQProducer.class.getMethods()) {
      if (each.getName().equals("setCompressType")) {
        Class<?> types = each.getParameterTypes()[0];
        each.invoke(producer, Enum.valueOf(types.asSubclass(Enum.class), type));
      }
    }
  }

  private static DefaultMQProducer start(String group, RPCHook hook) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer(group, hook);
    producer.setSendMsgTimeout(10_000); // many JVMs may be starting beside it
    producer.start();
    return producer;
  }

  private static void send(DefaultMQProducer producer, String topic, String body, CharSequence padding) {
    try {
      byte[] bytes = (body + padding).getBytes(StandardCharsets.UTF_8);
      Message message = new Message(topic, tag, bytes);
      message.setKeys(body);
      SendResult sent = producer.send(message);
      System.out.println(
          "ACK "
              + sent.getSendStatus()
              + " "
              + sent.getMessageQueue().getBrokerName()
              + " "
              + sent.getMessageQueue().getQueueId()
              + " "
              + sent.getQueueOffset()
              + " "
              + body);
    } catch (Exception e) {
      System.out.println(
          "FAILED " + body + " " + e + (e.getCause() == null ? "" : ", " + e.getCause()));
    }
  }
}
