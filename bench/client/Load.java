/** Work for a broker that goes on until it is stopped. */
interface Load extends AutoCloseable {
  void start() throws Exception;

  /** Messages acknowledged so far. */
  long messages();

  /** Messages refused or lost so far: neither retried nor counted as messages. */
  long failures();

  /** What the first failure said; null without one. */
  String firstFailure();

  /** Ends it and waits for what is under way. */
  @Override
  void close() throws Exception;
}
