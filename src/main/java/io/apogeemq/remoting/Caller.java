package io.apogeemq.remoting;

/**
 * Whoever sent a request, known to the {@link Gate}. Each question throws {@link Refused}, saying what
 * is missing, unless the caller may. A group's retry topic counts as the group, by whichever name.
 */
public interface Caller {
  void mayAdminister() throws Refused;

  void mayPublish(String topic) throws Refused;

  void mayConsume(String topic) throws Refused;

  /** May publish or consume. */
  void mayUse(String topic) throws Refused;

  void mayJoin(String group) throws Refused;
}
