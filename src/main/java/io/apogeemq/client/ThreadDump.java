package io.apogeemq.client;

import java.util.Map;

/** What the threads of this process do, for a tool that asks. */
final class ThreadDump {
  private ThreadDump() {}

  /** The original's form: each line begins with the thread's name. Stops all threads for a moment. */
  static String take() {
    Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
    StringBuilder text = new StringBuilder();
    all.forEach(
        (thread, frames) -> {
          if (frames.length > 0) {
            String name = "%-40s".formatted(thread.getName());
            text.append(name)
                .append("TID: ")
                .append(thread.getId())
                .append(" STATE: ")
                .append(thread.getState())
                .append('\n');
            for (StackTraceElement each : frames) {
              text.append(name).append(each).append('\n');
            }
            text.append('\n');
          }
        });
    return text.toString();
  }
}
