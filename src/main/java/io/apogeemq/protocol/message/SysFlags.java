package io.apogeemq.protocol.message;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Bits of a message's {@code sysFlag}. Values are the wire's; see the original's MessageSysFlag. */
public final class SysFlags {
  /** The body is compressed. */
  public static final int COMPRESSED = 0x1;

  /** The message has more than one tag (never set by the clients of today). */
  public static final int MULTI_TAGS = 0x2;

  /** Both bits of the transaction type. */
  public static final int TRANSACTION_MASK = 0xC;

  public static final int TRANSACTION_PREPARED = 0x4;
  public static final int TRANSACTION_COMMIT = 0x8;
  public static final int TRANSACTION_ROLLBACK = 0xC;

  /** The record's born host has 16 address bytes instead of 4. */
  public static final int BORN_HOST_V6 = 0x10;

  /** The record's store host has 16 address bytes instead of 4. */
  public static final int STORE_HOST_V6 = 0x20;

  /** 5.x: the consumer must take the inner messages out. */
  public static final int NEED_UNWRAP = 0x40;

  /** 5.x: one record that stands for several messages of its queue. */
  public static final int INNER_BATCH = 0x80;

  /** Which compression; 0 beside {@link #COMPRESSED} means zlib. */
  public static final int COMPRESSION_MASK = 0x700;

  private SysFlags() {}

  /** True if a record with these flags takes a place in its queue: prepared and rolled back ones don't. */
  public static boolean isQueued(int sysFlag) {
    int type = sysFlag & TRANSACTION_MASK;
    return type == 0 || type == TRANSACTION_COMMIT;
  }

  /** The flags with the host bits set as the addresses demand. */
  public static int withHosts(
      int sysFlag, InetSocketAddress bornHost, InetSocketAddress storeHost) {
    int flags = sysFlag & ~(BORN_HOST_V6 | STORE_HOST_V6);
    if (bornHost.getAddress() instanceof Inet6Address) {
      flags |= BORN_HOST_V6;
    }
    if (storeHost.getAddress() instanceof Inet6Address) {
      flags |= STORE_HOST_V6;
    }
    return flags;
  }
}
