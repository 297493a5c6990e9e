package probe;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/**
 * A producer that never stops: one thread sends synchronously, one asynchronously, whatever happens
 * to the broker.
 *
 * <p>Argument: topic. The body of message n is {@code n} followed by {@code -} n modulo 700 times.
 * Lines out: {@code OK n broker queue offset} for every SEND_OK. The end of input stops it.
 */
public class Torrent {
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final AtomicBoolean STOPPED = new AtomicBoolean();
  private static final Semaphore WINDOW = new Semaphore(64);

  public static void main(String[] args) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer("GP-torrent");
    producer.start();
    Thread sync = new Thread(() -> sendSync(producer, args[0]));
    Thread async = new Thread(() -> sendAsync(producer, args[0]));
    sync.start();
    async.start();
    while (System.in.read() >= 0) {
      // until the end of input
    }
    STOPPED.set(true);
    sync.join();
    async.join();
    WINDOW.tryAcquire(64, 10, java.util.concurrent.TimeUnit.SECONDS);
    producer.shutdown();
    System.exit(0);
  }

  private static Message message(String topic, int n) {
    StringBuilder body = new StringBuilder().append(n);
    for (int i = 0; i < n % 700; i++) {
      body.append('-');
    }
    return new Message(topic, body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void sendSync(DefaultMQProducer producer, String topic) {
    while (!STOPPED.get()) {
      int n = NEXT.getAndIncrement();
      try {
        say(n, producer.send(message(topic, n)));
        Thread.sleep(1);
      } catch (Exception e) {
        pause();
      }
    }
  }

  private static void sendAsync(DefaultMQProducer producer, String topic) {
    while (!STOPPED.get()) {
      int n = NEXT.getAndIncrement();
      WINDOW.acquireUninterruptibly();
      try {
        producer.send(
            message(topic, n),
            new SendCallback() {
              @Override
              public void onSuccess(SendResult result) {
                WINDOW.release();
                say(n, result);
              }

              @Override
              public void onException(Throwable e) {
                WINDOW.release();
              }
            });
        Thread.sleep(1);
      } catch (Exception e) {
        WINDOW.release();
        pause();
      }
    }
  }

  private static void say(int n, SendResult result) {
    if (result.getSendStatus() == SendStatus.SEND_OK) {
      System.out.println(
          "OK "
              + n
              + " "
              + result.getMessageQueue().getBrokerName()
              + " "
              + result.getMessageQueue().getQueueId()
              + " "
              + result.getQueueOffset());
    }
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      STOPPED.set(true);
    }
  }
}
