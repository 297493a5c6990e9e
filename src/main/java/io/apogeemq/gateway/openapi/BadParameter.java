package io.apogeemq.gateway.openapi;

/** A parameter breaks the rule that the document gives it. Carries no stack trace: it is an answer. */
public final class BadParameter extends Exception {
  private static final long serialVersionUID = 1L;

  private final String parameter;
  private final String cure;

  BadParameter(Parameter parameter, String flaw, String cure) {
    super("The parameter " + parameter.name() + " " + flaw + ".", null, false, false);
    this.parameter = parameter.name();
    this.cure = cure;
  }

  /** The parameter that is lacking. */
  static BadParameter lacking(Parameter parameter) {
    return new BadParameter(parameter, "is lacking", "it is required");
  }

  public String parameter() {
    return parameter;
  }

  public String cure() {
    return cure;
  }
}
