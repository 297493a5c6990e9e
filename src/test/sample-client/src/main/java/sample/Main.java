package sample;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Filter;
import io.apogeemq.client.Message;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.SendResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import java.util.concurrent.TimeUnit;

/** Sends, consumes and administers: {@code Main NAMESRV TOPIC}. Prints what it saw. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    Vertx vertx = Vertx.vertx();
    ClientOptions options =
        ClientOptions.of(args[0])
            .setCredentials("sample", "a-long-secret")
            .setTrustOptions(new PemTrustOptions());
    ApogeeClient client = ApogeeClient.create(vertx, options);
    String topic = args[1];
    Promise<String> consumed = Promise.promise();
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("sample-" + topic).subscribe(topic, Filter.ALL),
            delivery -> {
              consumed.tryComplete(delivery.messages().get(0).text());
              return Future.succeededFuture();
            });
    PullConsumer reading = client.pullConsumer("sample-reader");
    Future<Void> done =
        client
            .admin()
            .createTopic(topic, 1)
            .compose(ignored -> consumer.start())
            .compose(ignored -> client.producer("sample").send(Message.of(topic, "hello")))
            .compose(sent -> pulled(reading, sent))
            .onSuccess(text -> System.out.println("pulled " + text))
            .compose(ignored -> consumed.future())
            .onSuccess(text -> System.out.println("consumed " + text))
            .compose(ignored -> client.admin().deleteTopic(topic))
            .compose(ignored -> client.close())
            .compose(ignored -> vertx.close());
    done.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Future<String> pulled(PullConsumer reading, SendResult sent) {
    return reading
        .pull(sent.messageQueue(), Filter.ALL, sent.queueOffset(), 1, 0)
        .map(found -> found.messages().get(0).text());
  }
}
