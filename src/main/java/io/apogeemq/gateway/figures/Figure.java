package io.apogeemq.gateway.figures;

/** What is remembered of the cluster over time. What no broker tells is {@code NaN}, never 0. */
enum Figure {
  MESSAGES_IN("messagesInPerSecond", false),
  MESSAGES_OUT("messagesOutPerSecond", false),
  BYTES_IN("bytesInPerSecond", false),
  BYTES_OUT("bytesOutPerSecond", false),
  /** Of the slowest broker. */
  PUT_P50_MS("putP50Ms", true),
  PUT_P99_MS("putP99Ms", true),
  /** Of the slowest broker: to read what a pull or pop is answered with, without waiting for it to come. */
  PULL_P50_MS("pullP50Ms", true),
  PULL_P99_MS("pullP99Ms", true),
  /** Messages that groups have not committed, all in all. */
  LAG("lag", true),
  /** Of the fullest broker. */
  DISK_USED_RATIO("diskUsedRatio", true),
  /** Of all brokers that tell it. */
  MEMORY_BYTES("memoryBytes", true),
  CONNECTIONS("connections", true);

  private final String field;
  private final boolean worst;

  Figure(String field, boolean worst) {
    this.field = field;
    this.worst = worst;
  }

  /** Its name in JSON. */
  String field() {
    return field;
  }

  /** Whether a minute shows its highest second; otherwise it shows the average. */
  boolean showsWorst() {
    return worst;
  }
}
