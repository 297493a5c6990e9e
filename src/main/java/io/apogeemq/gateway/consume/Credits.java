package io.apogeemq.gateway.consume;

/**
 * How much a subscriber is willing to get: messages, and bytes of their bodies once he has given credits
 * of bytes. A batch may go beyond the bytes by its last messages; then nothing is sent until the debt is
 * paid. Sums stop at the largest long, they don't turn over.
 */
final class Credits {
  private long messages;
  private long bytes = Long.MAX_VALUE;
  private boolean bytesCount;

  /**
   * @param moreBytes 0 gives none, and bytes don't count unless they were given once
   */
  void add(long moreMessages, long moreBytes) {
    messages = sum(messages, moreMessages);
    if (moreBytes > 0) {
      bytes = bytesCount ? sum(bytes, moreBytes) : moreBytes;
      bytesCount = true;
    }
  }

  private static long sum(long a, long b) {
    long sum = a + b;
    return a > 0 && b > 0 && sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** How many messages may be fetched now; 0: wait. */
  int now(int most) {
    return bytes <= 0 ? 0 : (int) Math.min(most, Math.max(0, messages));
  }

  /** One message was sent. */
  void spend(int bodyBytes) {
    messages--;
    if (bytesCount) {
      bytes -= bodyBytes;
    }
  }
}
