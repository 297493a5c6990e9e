package probe;

import static probe.Cases.check;
import static probe.Cases.failure;
import static probe.Cases.next;
import static probe.Cases.same;
import static probe.Cases.until;

import java.lang.reflect.Method;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.rocketmq.client.QueryResult;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.RequestTimeoutException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.RequestCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.RPCHook;

/**
 * What a message can be and how it can be sent. Arguments: a word that makes names unique, and the
 * broker's address, whose host is this one, too.
 */
public class Messages {
  private static String run;
  private static InetAddress here;

  public static void main(String[] args) throws Exception {
    run = args[0];
    here = InetAddress.getByName(args[1].substring(0, args[1].lastIndexOf(':')));
    new Cases()
        .add("properties", Messages::properties)
        .add("one-way", Messages::oneway)
        .add("compressed", Messages::compressed)
        .add("too large", Messages::tooLarge)
        .add("batch", Messages::batch)
        .add("auto batch", Messages::autoBatch)
        .add("found by key", Messages::foundByKey)
        .add("traced", Messages::traced)
        .add("namespace", () -> namespace("setNamespace"))
        .add("namespace of 5.x", () -> namespace("setNamespaceV2"))
        .add("request and reply", Messages::requestAndReply)
        .add("request that nobody answers", Messages::unanswered)
        .runAndExit();
  }

  private static void properties() throws Exception {
    Message sent = new Message("Properties" + run, "标签", "键1 key-2", body("正文 🙂 \0\1\2"));
    sent.setFlag(7);
    sent.putUserProperty("城市", "上海 🚀");
    sent.putUserProperty("été", "ß=&%\"\\{}");
    sent.putUserProperty("space", " a b ");
    SendResult result = producer("Properties").send(sent);
    MessageExt got = next(arriving("Properties"));
    check(Arrays.equals(sent.getBody(), got.getBody()), "another body");
    same("标签", got.getTags());
    same("键1 key-2", got.getKeys());
    same(7, got.getFlag());
    for (String name : List.of("城市", "été", "space")) {
      same(sent.getUserProperty(name), got.getUserProperty(name));
    }
    same(result.getMsgId(), got.getMsgId());
    same(here.getHostAddress(), got.getBornHostString());
  }

  private static void oneway() throws Exception {
    DefaultMQProducer producer = producer("OneWay");
    for (int i = 0; i < 20; i++) {
      producer.sendOneway(new Message("OneWay" + run, body("m" + i)));
    }
    BlockingQueue<MessageExt> arriving = arriving("OneWay");
    TreeSet<String> got = new TreeSet<>();
    while (got.size() < 20) {
      got.add(text(next(arriving)));
    }
  }

  /** zlib, and what else this client can compress with. */
  private static void compressed() throws Exception {
    byte[] body = body("0123456789".repeat(2_000));
    BlockingQueue<MessageExt> arriving = null;
    for (String type : List.of("ZLIB", "LZ4", "ZSTD")) {
      DefaultMQProducer producer = producer("Compressed" + type);
      Method choose = method(producer, "setCompressType");
      if (choose == null && !type.equals("ZLIB")) {
        continue;
      }
      if (choose != null) {
        Class<?> types = choose.getParameterTypes()[0];
        choose.invoke(producer, Enum.valueOf(types.asSubclass(Enum.class), type));
      }
      same(SendStatus.SEND_OK, producer.send(new Message("Compressed" + run, body)).getSendStatus());
      arriving = arriving == null ? arriving("Compressed") : arriving;
      MessageExt got = next(arriving);
      check(Arrays.equals(body, got.getBody()), "another body by " + type);
      check(got.getStoreSize() < 2_000, type + " was stored with " + got.getStoreSize() + " bytes");
    }
  }

  private static void tooLarge() throws Exception {
    DefaultMQProducer producer = producer("Large");
    producer.setMaxMessageSize(16 * 1024 * 1024);
    producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
    byte[] body = new byte[4 * 1024 * 1024 + 1];
    String refused = failure(() -> producer.send(new Message("Large" + run, body)));
    check(refused.contains("CODE: 13") && refused.contains("4194304"), refused);
    Message edge = new Message("Large" + run, Arrays.copyOf(body, body.length - 1));
    same(SendStatus.SEND_OK, producer.send(edge, 10_000).getSendStatus());
    same(body.length - 1, next(arriving("Large")).getBody().length);
  }

  private static void batch() throws Exception {
    List<Message> batch = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Message each = new Message("Batch" + run, "T" + i, "K" + i, body("m" + i));
      each.putUserProperty("数", "" + i);
      batch.add(each);
    }
    SendResult sent = producer("Batch").send(batch);
    same(10, sent.getMsgId().split(",").length);
    BlockingQueue<MessageExt> arriving = arriving("Batch");
    for (int i = 0; i < 10; i++) {
      MessageExt got = next(arriving);
      int number = Integer.parseInt(text(got).substring(1));
      same("T" + number, got.getTags());
      same("" + number, got.getUserProperty("数"));
      same(sent.getQueueOffset() + number, got.getQueueOffset());
    }
  }

  /** 5.x gathers what is sent at about the same time into one batch, if told so. */
  private static void autoBatch() throws Exception {
    DefaultMQProducer producer = producer("Auto");
    Method auto = method(producer, "setAutoBatch");
    if (auto == null) {
      return;
    }
    auto.invoke(producer, true);
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      byte[] body = body("m" + i);
      Thread sender =
          new Thread(
              () -> {
                try {
                  producer.send(new Message("Auto" + run, body));
                } catch (Exception e) {
                  System.out.println("FAILED auto batch " + e);
                }
              });
      senders.add(sender);
      sender.start();
    }
    for (Thread each : senders) {
      each.join();
    }
    BlockingQueue<MessageExt> arriving = arriving("Auto");
    TreeSet<String> got = new TreeSet<>();
    while (got.size() < 20) {
      got.add(text(next(arriving)));
    }
  }

  private static void foundByKey() throws Exception {
    DefaultMQProducer producer = producer("Keys");
    Message message = new Message("Keys" + run, "*", "订单-1 other", body("found"));
    SendResult sent = producer.send(message);
    for (String key : List.of("订单-1", "other")) {
      until("found by " + key, () -> found(producer, "Keys" + run, key) == 1);
    }
    same("found", text(producer.viewMessage("Keys" + run, sent.getMsgId())));
    same("found", text(producer.viewMessage("Keys" + run, sent.getOffsetMsgId())));
  }

  private static int found(DefaultMQProducer producer, String topic, String key) {
    try {
      long now = System.currentTimeMillis();
      QueryResult result = producer.queryMessage(topic, key, 32, now - 600_000, now + 60_000);
      return result.getMessageList().size();
    } catch (Exception e) {
      return 0; // it says so if there are none
    }
  }

  private static void traced() throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer("TracedP" + run, (RPCHook) null, true, null);
    producer.setSendMsgTimeout(30_000);
    producer.start();
    SendResult sent = producer.send(new Message("Traced" + run, body("traced")));
    DefaultMQProducer asking = producer("Asking");
    until(
        "the trace is stored under the message's id",
        () -> found(asking, "RMQ_SYS_TRACE_TOPIC", sent.getMsgId()) > 0);
  }

  private static void namespace(String setter) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer("SpaceP");
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("SpaceG" + setter);
    DefaultMQPushConsumer outside = new DefaultMQPushConsumer("OutsideG" + run);
    if (method(producer, setter) == null) {
      return;
    }
    String topic = "Space" + setter + run;
    method(producer, setter).invoke(producer, "NS" + run);
    method(consumer, setter).invoke(consumer, "NS" + run);
    producer.setSendMsgTimeout(30_000);
    producer.start();
    producer.send(new Message(topic, body("inside")));
    MessageExt got = next(start(consumer, topic));
    same("inside", text(got));
    if (setter.equals("setNamespace")) {
      same(topic, got.getTopic());
      MessageExt stored = next(start(outside, "NS" + run + "%" + topic));
      same("inside", text(stored));
    }
  }

  private static void requestAndReply() throws Exception {
    DefaultMQProducer answers = producer("Answers");
    DefaultMQPushConsumer answering = new DefaultMQPushConsumer("AnsweringG" + run);
    answering.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    answering.subscribe("Request" + run, "*");
    answering.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt each : messages) {
                if (each.getProperty("REPLY_TO_CLIENT") == null) {
                  continue;
                }
                try {
                  Message answer = MessageUtil.createReplyMessage(each, body("re " + text(each)));
                  answers.send(answer, 3_000);
                } catch (Exception e) {
                  System.out.println("FAILED to answer: " + e);
                }
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    DefaultMQProducer asking = producer("Asks");
    asking.send(new Message("Request" + run, body("creates the topic, asks nothing"))); // no reply
    answering.start();
    Message question = new Message("Request" + run, body("sync 问"));
    same("re sync 问", text(asking.request(question, Cases.PATIENCE_MS)));
    LinkedBlockingQueue<Object> answered = new LinkedBlockingQueue<>();
    asking.request(
        new Message("Request" + run, body("async")),
        new RequestCallback() {
          @Override
          public void onSuccess(Message message) {
            answered.add(message);
          }

          @Override
          public void onException(Throwable e) {
            answered.add(e);
          }
        },
        Cases.PATIENCE_MS);
    Object answer = next(answered);
    check(answer instanceof Message, answer);
    same("re async", text((Message) answer));
    // Whoever asked is gone: the one who answers is told so.
    MessageExt fromNobody = new MessageExt();
    fromNobody.setBody(body("q"));
    MessageAccessor.putProperty(
        fromNobody, "CLUSTER", "DefaultCluster");
    MessageAccessor.putProperty(
        fromNobody, "REPLY_TO_CLIENT", "nobody@here");
    MessageAccessor.putProperty(
        fromNobody, "CORRELATION_ID", "c1");
    MessageAccessor.putProperty(fromNobody, "TTL", "3000");
    String refused =
        failure(() -> answers.send(MessageUtil.createReplyMessage(fromNobody, body("to nobody"))));
    check(
        refused.contains("CODE: 1 ") && refused.contains("channel of <nobody@here> not found"),
        refused);
    BlockingQueue<MessageExt> kept =
        start(new DefaultMQPushConsumer("KeptG" + run), "DefaultCluster_REPLY_TOPIC");
    until("the answer that reached nobody is stored", () -> text(next(kept)).equals("to nobody"));
  }

  private static void unanswered() throws Exception {
    DefaultMQProducer asking = producer("Unanswered");
    asking.send(new Message("Unanswered" + run, body("creates the topic")));
    long began = System.nanoTime();
    try {
      asking.request(new Message("Unanswered" + run, body("?")), 3_000);
      throw new AssertionError("answered");
    } catch (RequestTimeoutException e) {
      check((System.nanoTime() - began) / 1_000_000 >= 3_000, "too early");
    }
  }

  // ---- helpers ----------------------------------------------------------------------------------

  private static DefaultMQProducer producer(String name) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer(name + "P" + run);
    producer.setSendMsgTimeout(30_000); // many cases begin at the same time
    producer.start();
    return producer;
  }

  /** What a new group gets of a topic of this run, from its beginning. */
  private static BlockingQueue<MessageExt> arriving(String topic) throws Exception {
    return start(new DefaultMQPushConsumer(topic + "G" + run), topic + run);
  }

  private static BlockingQueue<MessageExt> start(DefaultMQPushConsumer consumer, String topic)
      throws Exception {
    LinkedBlockingQueue<MessageExt> arriving = new LinkedBlockingQueue<>();
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.subscribe(topic, "*");
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              arriving.addAll(messages);
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    return arriving;
  }

  /** A method that not every version has. */
  private static Method method(Object of, String name) {
    for (Method each : of.getClass().getMethods()) {
      if (each.getName().equals(name) && each.getParameterCount() == 1) {
        return each;
      }
    }
    return null;
  }

  private static byte[] body(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Message message) {
    return new String(message.getBody(), StandardCharsets.UTF_8);
  }
}
