package io.apogeemq.compat;

import java.util.Locale;

/** Whose servers: ours or Apache's. */
public enum Vendor {
  APOGEE,
  APACHE49,
  APACHE55;

  /** The servers that the tests ask questions of; ours unless {@code -Dcompat.target} says so. */
  public static Vendor underTest() {
    return valueOf(System.getProperty("compat.target", "apogee").toUpperCase(Locale.ROOT));
  }

  /** The jars of an Apache vendor. */
  Official official() {
    return switch (this) {
      case APACHE49 -> Official.V4_9_5;
      case APACHE55 -> Official.V5_5_0;
      case APOGEE -> throw new IllegalStateException("ApogeeMQ comes from this build");
    };
  }
}
