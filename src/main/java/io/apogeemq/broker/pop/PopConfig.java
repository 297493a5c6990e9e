package io.apogeemq.broker.pop;

/**
 * Settings of this room.
 *
 * @param brokerName part of every handle
 * @param readable false if {@code brokerPermission} forbids reading
 * @param retryForm2 messages come back through retry topics of form 2 ({@link PopRetryTopics})
 * @param readsBothForms those of form 1 are read as well then
 * @param retryPercent so many of a hundred pops look into the retry topic first
 * @param maxOut so many messages of a queue may be out with a group
 * @param maxWaiting so many requests may wait on one event loop
 * @param maxWaitingPerQueue and so many of them for the same
 */
public record PopConfig(
    String brokerName,
    boolean readable,
    boolean retryForm2,
    boolean readsBothForms,
    int retryPercent,
    int maxOut,
    int maxWaiting,
    int maxWaitingPerQueue) {
  /** So many messages of a queue may be out with a group where no other limit is set. */
  public static final int MAX_OUT = 100_000;

  int retryForm() {
    return retryForm2 ? PopRetryTopics.FORM_2 : PopRetryTopics.FORM_1;
  }
}
