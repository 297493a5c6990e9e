package io.apogeemq.cli;

import org.jspecify.annotations.Nullable;

/** Where a command finds the name server, in the original's order. */
public final class NameServerAddress {
  /** Where a name server runs unless told otherwise. */
  public static final String DEFAULT = "127.0.0.1:9876";

  private static final String PROPERTY = "rocketmq.namesrv.addr";
  private static final String VARIABLE = "NAMESRV_ADDR";

  private NameServerAddress() {}

  /**
   * The first that is given: the option, system property {@code rocketmq.namesrv.addr}, environment
   * variable {@code NAMESRV_ADDR}, this machine's default port.
   *
   * @param option value of {@code -n}, or null
   * @return {@code host:port}, several separated by {@code ;}
   */
  public static String find(@Nullable String option) {
    return first(option, System.getProperty(PROPERTY), System.getenv(VARIABLE));
  }

  static String first(@Nullable String... given) {
    for (String each : given) {
      if (each != null && !each.isBlank()) {
        return each.trim();
      }
    }
    return DEFAULT;
  }
}
