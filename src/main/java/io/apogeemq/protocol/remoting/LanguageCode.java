package io.apogeemq.protocol.remoting;

/** The client's language as remoting headers carry it: by name in JSON, by ordinal in binary. */
public enum LanguageCode {
  JAVA,
  CPP,
  DOTNET,
  PYTHON,
  DELPHI,
  ERLANG,
  RUBY,
  OTHER,
  HTTP,
  GO,
  PHP,
  OMS,
  RUST,
  NODE_JS;

  private static final LanguageCode[] ALL = values();

  /** The code of a byte on the wire; an unknown one is {@link #OTHER}. */
  public static LanguageCode of(int code) {
    return code >= 0 && code < ALL.length ? ALL[code] : OTHER;
  }

  /** The code of a name in a JSON header; an unknown one is {@link #OTHER}. */
  public static LanguageCode of(String name) {
    for (LanguageCode each : ALL) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return OTHER;
  }
}
