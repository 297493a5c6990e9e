package io.apogeemq.protocol.body;

import org.jspecify.annotations.Nullable;

/**
 * How a consumer fared with a message that tools had it consume: the answer to code 309.
 *
 * @param consumeResult null: a word that we don't know
 * @param remark why it failed
 * @param spentTimeMills how long it took; spelled so on the wire
 */
public record ConsumeDirectlyResult(
    boolean autoCommit,
    @Nullable Outcome consumeResult,
    boolean order,
    @Nullable String remark,
    long spentTimeMills)
    implements Body {
  /** The words are the wire's. */
  public enum Outcome {
    CR_SUCCESS,
    CR_LATER,
    CR_ROLLBACK,
    CR_COMMIT,
    CR_THROW_EXCEPTION,
    CR_RETURN_NULL
  }
}
