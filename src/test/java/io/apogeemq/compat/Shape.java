package io.apogeemq.compat;

/** How the servers of a cluster are spread over processes. */
public enum Shape {
  /** One process with all roles; Apache has none and gets two processes. */
  ALL_IN_ONE,
  /** A name server and a broker. */
  TWO_PROCESSES,
  /** A name server and two brokers. */
  TWO_BROKERS
}
