package io.apogeemq.broker.delay;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.DataVersion;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the delay levels are delivered: {@code config/delayOffset.json} in the original's form, with
 * one member of ours that it passes over.
 *
 * @param offsetTable by level the queue offset of the first message that isn't surely delivered
 * @param apogeeLogPosition deliveries before it are taken into account, those behind it mark
 *     themselves; null in a file of the original, whose deliveries have no marks
 */
public record DelayOffsets(
    @Nullable DataVersion dataVersion,
    Map<Integer, Long> offsetTable,
    @Nullable Long apogeeLogPosition)
    implements Body {
  public static final String NAME = "delayOffset.json";

  /** Of a folder without such a file. */
  static final DelayOffsets NONE = new DelayOffsets(null, Map.of(), null);

  /** These offsets after others: levels that aren't served any more keep theirs. */
  DelayOffsets with(Map<Integer, Long> offsets, long logPosition, long nowMs) {
    Map<Integer, Long> all = new TreeMap<>(offsetTable);
    all.putAll(offsets);
    DataVersion former = dataVersion == null ? new DataVersion(0, 0L, nowMs) : dataVersion;
    return new DelayOffsets(former.next(nowMs), all, logPosition);
  }
}
