package io.apogeemq.browser;

import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.SendResult;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.MessageModel;
import io.apogeemq.protocol.body.ProducerData;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.TcpTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * A node with 10,000 topics and as many groups, each of which consumes one of them; messages in topic {@link #BUSY};
 * 1,000 clients, of which some consume; 200 groups with a dead letter each. Topics, groups and offsets are what the
 * node finds in its folder when it starts; the clients are heartbeats over one connection.
 */
final class LargeCluster implements AutoCloseable {
  static final int TOPICS = 10_000;
  static final int BUSY = 7_777;
  static final int CLIENTS = 1_000;
  static final int DEAD = 200;

  private static final int CONSUMER_EACH = 20;
  private static final long TIMEOUT_MS = 20_000;

  private final TestConsole console;
  private final Vertx vertx = Vertx.vertx();
  private final TcpTransport clients = new TcpTransport(vertx, new Dispatcher());

  LargeCluster() {
    JsonObject topics = new JsonObject();
    JsonObject groups = new JsonObject();
    JsonObject offsets = new JsonObject();
    for (int i = 0; i < TOPICS; i++) {
      topics.put(topic(i), new JsonObject().put("topicName", topic(i)));
      groups.put(group(i), new JsonObject().put("groupName", group(i)));
      offsets.put(topic(i) + "@" + group(i), new JsonObject().put("0", 0));
    }
    for (int i = 0; i < DEAD; i++) {
      String topic = Names.dlqTopic(dead(i));
      topics.put(
          topic,
          new JsonObject()
              .put("topicName", topic)
              .put("readQueueNums", 1)
              .put("writeQueueNums", 1));
    }
    console =
        TestConsole.start(
            Map.of(),
            Map.of(
                "store/config/topics.json", table("topicConfigTable", topics),
                "store/config/subscriptionGroup.json", table("subscriptionGroupTable", groups),
                "store/config/consumerOffset.json", table("offsetTable", offsets)));
    sendAll();
    connectAll();
  }

  private static String table(String name, JsonObject rows) {
    return new JsonObject().put(name, rows).encode();
  }

  static String topic(int number) {
    return "topic-%05d".formatted(number);
  }

  static String group(int number) {
    return "group-%05d".formatted(number);
  }

  static String client(int number) {
    return "client-%05d".formatted(number);
  }

  /** A group with a dead letter. */
  static String dead(int number) {
    return "dead-%05d".formatted(number);
  }

  private void sendAll() {
    Producer producer = console.client().producer("large-cluster");
    List<Future<SendResult>> sent = new ArrayList<>();
    for (int i = 0; i < DEAD; i++) {
      sent.add(producer.send(Message.of(Names.dlqTopic(dead(i)), "dead")));
      sent.add(producer.send(Message.of(topic(BUSY), "busy")));
    }
    TestConsole.await(Future.all(sent));
  }

  private void connectAll() {
    String broker =
        console.get("/v1/brokers").getJsonArray("brokers").getJsonObject(0).getString("address");
    all(
        CLIENTS,
        i -> {
          RemotingCommand heartbeat =
              RemotingCommand.request(RequestCode.HEART_BEAT).body(heartbeat(i).toJson());
          return clients.request(broker, heartbeat, TIMEOUT_MS);
        });
  }

  private static void all(int count, IntFunction<Future<?>> each) {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(each.apply(i));
    }
    TestConsole.await(Future.all(all));
  }

  private static HeartbeatData heartbeat(int number) {
    ConsumerData consumer =
        new ConsumerData(
            ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET,
            ConsumeType.CONSUME_PASSIVELY,
            group(number),
            MessageModel.CLUSTERING,
            Set.of(),
            false);
    return new HeartbeatData(
        client(number),
        number % CONSUMER_EACH == 0 ? Set.of(consumer) : Set.of(),
        null,
        Set.of(new ProducerData("producers-" + number % 10)),
        null);
  }

  TestConsole console() {
    return console;
  }

  /**
   * Changes something through the gateway, which forgets what brokers have told it: whoever asks next waits for them.
   */
  void change() {
    JsonObject queue =
        new JsonObject().put("broker", "broker-a").put("queueId", 0).put("offset", 0);
    console.post(
        "/v1/groups/%s/topics/%s/seek".formatted(group(1), topic(1)),
        new JsonObject().put("queues", new JsonArray().add(queue)));
  }

  @Override
  public void close() {
    TestConsole.await(clients.close());
    TestConsole.await(vertx.close());
    console.close();
  }
}
