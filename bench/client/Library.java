import java.util.function.Consumer;

/** What a client library does under load, each in the way that it is meant to be used. */
interface Library {
  /**
   * Sends with so many unanswered.
   *
   * @param lingerMs how long the library may wait to send more together, if it can
   */
  Load async(String topic, byte[] body, int window, int lingerMs) throws Exception;

  /** Sends one message after the answer to the one before. */
  Load single(String topic, byte[] body) throws Exception;

  /** Sends batches of so many messages with so many of them unanswered. */
  Load batches(String topic, byte[] body, int out, int messages) throws Exception;

  /** A new group that reads the topic from its start; the sink may be called from many threads. */
  AutoCloseable consume(String topic, Consumer<byte[]> sink) throws Exception;
}
