package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;

/**
 * Where a member begins in a queue that it gains: where the group is, or, if it was never there, where
 * its options say. Of a retry topic a new group misses nothing.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class StartOffsets {
  private final ConsumerOptions options;
  private final PullConsumer puller;
  private final OffsetKeeper offsets;

  StartOffsets(ConsumerOptions options, PullConsumer puller, OffsetKeeper offsets) {
    this.options = options;
    this.puller = puller;
    this.offsets = offsets;
  }

  Future<Long> of(MessageQueue queue) {
    return offsets
        .load(queue)
        .compose(
            known ->
                known.isPresent()
                    ? Future.succeededFuture(known.getAsLong())
                    : switch (options.getStartFrom()) {
                      case CONSUME_FROM_LAST_OFFSET,
                          CONSUME_FROM_MAX_OFFSET,
                          CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST ->
                          queue.topic().startsWith(Names.RETRY)
                              ? puller.minOffset(queue)
                              : puller.maxOffset(queue);
                      case CONSUME_FROM_FIRST_OFFSET, CONSUME_FROM_MIN_OFFSET ->
                          puller.minOffset(queue);
                      case CONSUME_FROM_TIMESTAMP ->
                          puller.offsetAt(queue, options.getStartTimestampMs());
                    });
  }
}
