package probe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/**
 * Producers that never stop, whatever happens to the broker: three that send one message at a time
 * ({@code S0}, {@code S1}, {@code S2}), one that sends batches one at a time ({@code B}), one that sends
 * asynchronously ({@code A}).
 *
 * <p>Argument: topic. Message n of a sender has the body {@code SENDER.n.} followed by {@code -} n
 * modulo 700 times, the key {@code SENDER.n} and the tag {@code Even} or {@code Odd}. Lines out: {@code
 * OK sender n broker queue offset} for every message that got SEND_OK, in the order of the answers;
 * {@code FAILED sender n why} for one that got an exception; at the end {@code TRIED sender count}. The
 * end of input stops it.
 */
public class Torrent {
  private static final int ASYNC_WINDOW = 64;
  private static final int BATCH = 8;
  private static final AtomicBoolean STOPPED = new AtomicBoolean();
  private static final Semaphore WINDOW = new Semaphore(ASYNC_WINDOW);

  public static void main(String[] args) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer("GP-torrent");
    producer.start();
    String topic = args[0];
    List<Thread> threads = new ArrayList<>();
    for (String sender : new String[] {"S0", "S1", "S2"}) {
      threads.add(new Thread(() -> oneAtATime(producer, topic, sender, 1)));
    }
    threads.add(new Thread(() -> oneAtATime(producer, topic, "B", BATCH)));
    threads.add(new Thread(() -> async(producer, topic, "A")));
    threads.forEach(Thread::start);
    while (System.in.read() >= 0) {
      // until the end of input
    }
    STOPPED.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    WINDOW.tryAcquire(ASYNC_WINDOW, 10, TimeUnit.SECONDS);
    producer.shutdown();
    System.exit(0);
  }

  private static Message message(String topic, String sender, int n) {
    StringBuilder body = new StringBuilder(sender + "." + n + ".");
    for (int i = 0; i < n % 700; i++) {
      body.append('-');
    }
    return new Message(
        topic,
        n % 2 == 0 ? "Even" : "Odd",
        sender + "." + n,
        body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void oneAtATime(
      DefaultMQProducer producer, String topic, String sender, int together) {
    int next = 0;
    for (; !STOPPED.get(); next += together) {
      List<Message> messages = new ArrayList<>();
      for (int i = 0; i < together; i++) {
        messages.add(message(topic, sender, next + i));
      }
      try {
        SendResult result =
            together == 1 ? producer.send(messages.get(0)) : producer.send(messages);
        for (int i = 0; i < together; i++) {
          say(sender, next + i, result, i);
        }
        Thread.sleep(together);
      } catch (Exception e) {
        failed(sender, next, e);
      }
    }
    System.out.println("TRIED " + sender + " " + next);
  }

  private static void async(DefaultMQProducer producer, String topic, String sender) {
    AtomicInteger next = new AtomicInteger();
    while (!STOPPED.get()) {
      int n = next.getAndIncrement();
      WINDOW.acquireUninterruptibly();
      try {
        producer.send(
            message(topic, sender, n),
            new SendCallback() {
              @Override
              public void onSuccess(SendResult result) {
                say(sender, n, result, 0);
                WINDOW.release();
              }

              @Override
              public void onException(Throwable e) {
                WINDOW.release();
              }
            });
        Thread.sleep(1);
      } catch (Exception e) {
        WINDOW.release();
        failed(sender, n, e);
      }
    }
    System.out.println("TRIED " + sender + " " + next.get());
  }

  private static void say(String sender, int n, SendResult result, int inBatch) {
    if (result.getSendStatus() == SendStatus.SEND_OK) {
      System.out.println(
          "OK "
              + sender
              + " "
              + n
              + " "
              + result.getMessageQueue().getBrokerName()
              + " "
              + result.getMessageQueue().getQueueId()
              + " "
              + (result.getQueueOffset() + inBatch));
    }
  }

  private static void failed(String sender, int n, Exception why) {
    // What the broker said is the cause of what the client says after its repetitions.
    String line = (why + ", caused by " + why.getCause()).replace('\n', ' ');
    System.out.println("FAILED " + sender + " " + n + " " + line);
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      STOPPED.set(true);
    }
  }
}
