import java.util.function.Consumer;

/** What the suite asks of an official client library. One per broker, for the whole run. */
interface Client extends AutoCloseable {
  /** Sends from many threads; sees every refusal, because nothing is tried twice. */
  interface Sender extends AutoCloseable {
    void sync(String topic, byte[] body) throws Exception;

    /**
     * @param done gets null, or the failure
     */
    void async(String topic, byte[] body, Consumer<Throwable> done) throws Exception;

    void batch(String topic, byte[] body, int count) throws Exception;

    /** As {@link #async}, with one more property, by which a broker delays the message. */
    default void delayed(
        String topic, byte[] body, String name, long value, Consumer<Throwable> done)
        throws Exception {
      throw new UnsupportedOperationException("no delayed messages");
    }
  }

  /** Creates the topic and waits until clients find it. */
  void createTopic(String topic, int queues) throws Exception;

  /** Stores so many messages, as fast as it can. */
  void fill(String topic, int queues, byte[] body, long count) throws Exception;

  /**
   * @param lingerMs how long a library may hold a message back to send more together; most can't
   */
  Sender sender(int lingerMs) throws Exception;

  /** Whose {@code sync} is a transaction: a half message, committed as soon as it is stored. */
  default Sender transactions() throws Exception {
    throw new UnsupportedOperationException("this library has other transactions");
  }

  /**
   * A new group that reads the topic from its start.
   *
   * @param sink gets each body, from many threads
   * @return ends the subscription
   */
  AutoCloseable subscribe(String topic, Consumer<byte[]> sink) throws Exception;

  /** The same, one queue by one thread at a time. Libraries that always read so need no other way. */
  default AutoCloseable subscribeInOrder(String topic, Consumer<byte[]> sink) throws Exception {
    return subscribe(topic, sink);
  }

  /** Reads a backlog without a group, by so many threads. */
  void pull(String topic, int threads, long count, Consumer<byte[]> sink) throws Exception;
}
