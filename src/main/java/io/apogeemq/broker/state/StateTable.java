package io.apogeemq.broker.state;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.function.Supplier;

/**
 * A table whose content follows the state log. It changes through {@link #replay} and {@link #load}
 * only; whoever wants a change writes a record.
 */
public interface StateTable {
  /** Name of the checkpoint file under {@code config/}. */
  String checkpointName();

  /**
   * Takes over a checkpoint file's text. Before the log is replayed.
   *
   * @throws io.apogeemq.protocol.remoting.MalformedRequest saying what can't be read
   */
  void load(String json);

  /** Applies a record, or ignores it if it is about something else. In log order. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void replay(StateRecord record);

  /** Changes whenever what {@link #checkpoint} would write changes. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  long revision();

  /**
   * The table as of now. Cheap to call on the state loop; the supplier does the encoding and may be
   * called on another thread.
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  Supplier<String> checkpoint();
}
