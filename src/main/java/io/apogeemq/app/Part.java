package io.apogeemq.app;

import io.vertx.core.Future;

/** Something that runs in this process: a name server, a broker. Called from the main thread. */
interface Part {

  /** How messages call it: "name server", "broker". */
  String name();

  /** Completes with the line that says it serves, as its users expect it; fails if it can't serve. */
  Future<String> start();

  /** Completes when what it had accepted is safe and its ports are closed. Also after a failed start. */
  Future<Void> stop();
}
