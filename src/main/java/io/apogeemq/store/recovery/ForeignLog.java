package io.apogeemq.store.recovery;

import io.apogeemq.protocol.message.MessageView;
import java.io.IOException;

/**
 * Judges the log of another broker before it is taken over. The store knows records; what they mean to
 * a broker, and whether this one can go on with them, is asked here. Shown is what had to be scanned: all
 * of another broker's log, or of one whose index was removed; of ours what was added behind the index, by
 * a run of ours that crashed or by another broker that was started on the folder.
 */
public interface ForeignLog {
  /** Takes every log. */
  ForeignLog ANY =
      new ForeignLog() {
        @Override
        public void record(MessageView view) {}

        @Override
        public void ended() {}
      };

  /** The next sound record in log order, prepared ones among them; valid during the call. */
  void record(MessageView view);

  /**
   * All records were shown.
   *
   * @throws IOException to refuse the folder, naming cause and cure; it is left as it was
   */
  void ended() throws IOException;
}
