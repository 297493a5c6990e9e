package io.apogeemq.broker.delay;

import static io.apogeemq.broker.delay.TimerProperties.DELAY_MS;
import static io.apogeemq.broker.delay.TimerProperties.DELAY_SEC;
import static io.apogeemq.broker.delay.TimerProperties.DELIVER_MS;
import static io.apogeemq.broker.delay.TimerProperties.OUT_MS;
import static io.apogeemq.protocol.message.Properties.DELAY;
import static io.apogeemq.protocol.message.Properties.REAL_QUEUE_ID;
import static io.apogeemq.protocol.message.Properties.REAL_TOPIC;
import static io.apogeemq.protocol.message.Properties.UNIQ_KEY;

import io.apogeemq.broker.send.Asks;
import io.apogeemq.broker.send.Detour;
import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Parks delayed messages. A delay level goes before a time of its own, whose properties are then
 * dropped (as 5.x does). Asked on every broker loop; immutable but for what it asks.
 *
 * <pre>
 * DELAY=3            → SCHEDULE_TOPIC_XXXX, queue 2; the index keeps the due time instead of a tag
 * TIMER_DELAY_SEC=90 → rmq_sys_wheel_timer, queue 0, TIMER_OUT_MS = when it is due
 * </pre>
 */
public final class DelayDetour implements Detour {
  private final DelayConfig config;
  private final LongSupplier wallMs;
  private final IntSupplier pendingTimers;

  /** {@code pendingTimers}: how many wait, about. */
  DelayDetour(DelayConfig config, LongSupplier wallMs, IntSupplier pendingTimers) {
    this.config = config;
    this.wallMs = wallMs;
    this.pendingTimers = pendingTimers;
  }

  @Override
  public int serves() {
    return Asks.DELAY_LEVEL | Asks.TIMER;
  }

  @Override
  public Parked park(MessageDraft draft, int asks) {
    Forwarding parked = Forwarding.of(draft);
    String level = parked.get(DELAY);
    if (level != null) {
      long asked = number(DELAY, level);
      if (asked > 0) {
        return Parked.not(atLevel(draft, parked, (int) Math.min(asked, config.levels().highest())));
      }
    }
    return (asks & Asks.TIMER) != 0 ? atTime(draft, parked) : Parked.not(draft);
  }

  private MessageDraft atLevel(MessageDraft draft, Forwarding parked, int level) {
    return parked
        .remove(DELIVER_MS, DELAY_SEC, DELAY_MS)
        .set(DELAY, Integer.toString(level))
        .set(REAL_TOPIC, draft.topic())
        .set(REAL_QUEUE_ID, Integer.toString(draft.queueId()))
        .to(SystemTopics.SCHEDULE, level - 1)
        .tagsCode(wallMs.getAsLong() + config.levels().delayMs(level))
        .draft();
  }

  private Parked atTime(MessageDraft draft, Forwarding parked) {
    if (!config.timers()) {
      throw new Refused(
          ResponseCode.SYSTEM_ERROR,
          "messages with a time of their own are switched off here (timerWheelEnable=false); send"
              + " with a delay level or without");
    }
    long now = wallMs.getAsLong();
    long due = due(parked, now);
    if (due <= now) {
      return Parked.not(draft);
    }
    if (due - now > config.maxTimerDelayMs()) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "the message is to be delivered in "
              + (due - now)
              + " ms, the limit is timerMaxDelaySec="
              + TimeUnit.MILLISECONDS.toSeconds(config.maxTimerDelayMs())
              + ". Ask for less, or raise the limit.");
    }
    if (pendingTimers.getAsInt() >= config.maxPendingTimers()) {
      throw new Refused(
          ResponseCode.SYSTEM_ERROR,
          "timer messages are under flow control: "
              + pendingTimers.getAsInt()
              + " wait already, the limit is timerMaxPendingMessages="
              + config.maxPendingTimers()
              + ". Send later, to another broker, or raise the limit (16 bytes of memory each).");
    }
    parked
        .set(OUT_MS, Long.toString(due))
        .set(REAL_TOPIC, draft.topic())
        .set(REAL_QUEUE_ID, Integer.toString(draft.queueId()));
    return new Parked(
        parked.to(SystemTopics.TIMER, 0).draft(), handle(draft.topic(), due, parked.get(UNIQ_KEY)));
  }

  /** Of several the first counts: seconds, milliseconds, time. */
  private static long due(Forwarding message, long now) {
    String seconds = message.get(DELAY_SEC);
    if (seconds != null) {
      return saturated(now, number(DELAY_SEC, seconds), TimeUnit.SECONDS.toMillis(1));
    }
    String millis = message.get(DELAY_MS);
    if (millis != null) {
      return saturated(now, number(DELAY_MS, millis), 1);
    }
    String at = message.get(DELIVER_MS);
    return at == null ? now : number(DELIVER_MS, at);
  }

  /** Without an overflow: nonsense must meet the limit, not the past. */
  private static long saturated(long now, long count, long unitMs) {
    return count > (Long.MAX_VALUE - now) / unitMs ? Long.MAX_VALUE : now + count * unitMs;
  }

  private @Nullable String handle(String topic, long due, @Nullable String uniqueKey) {
    return uniqueKey == null || topic.startsWith(Names.RETRY)
        ? null
        : new RecallHandle(topic, config.brokerName(), due + 1, uniqueKey).encode();
  }

  private static long number(String name, String value) {
    try {
      return Long.parseLong(value.trim());
    } catch (NumberFormatException e) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "the property " + name + "=" + value + " is no number; the message was not stored");
    }
  }
}
