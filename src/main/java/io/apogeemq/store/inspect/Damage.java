package io.apogeemq.store.inspect;

/**
 * Something in a store folder that is not as it should be.
 *
 * @param part where it is
 * @param file name of the file
 * @param from first log position that it concerns, -1 if it concerns none
 * @param to log position behind the last one that it concerns
 * @param place where in the file it begins, bytes
 * @param what what is there
 * @param meaning what that means for messages, and what helps
 */
public record Damage(
    Part part, String file, long from, long to, long place, String what, String meaning) {
  /** The parts of a store that can be damaged. */
  public enum Part {
    LOG,
    INDEX,
    QUEUE_TABLE,
    CHECKPOINT
  }
}
