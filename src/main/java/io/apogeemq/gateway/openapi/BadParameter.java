package io.apogeemq.gateway.openapi;

import java.util.Set;

/** A parameter breaks the rule that the document gives it. Carries no stack trace: it is an answer. */
public final class BadParameter extends Exception {
  private static final long serialVersionUID = 1L;

  private final String parameter;
  private final String cure;

  BadParameter(Parameter parameter, String flaw, String cure) {
    this(parameter.name(), flaw, cure);
  }

  private BadParameter(String parameter, String flaw, String cure) {
    super("The parameter " + parameter + " " + flaw + ".", null, false, false);
    this.parameter = parameter;
    this.cure = cure;
  }

  /**
   * A parameter that the operation does not have.
   *
   * @param known those that it has in the query
   * @param ofBody whether it has a field of that name
   */
  static BadParameter unknown(String parameter, Set<String> known, boolean ofBody) {
    return new BadParameter(
        parameter,
        "is not known here",
        ofBody
            ? "Put it into the body."
            : known.isEmpty()
                ? "Leave it out: this operation has none in its query."
                : "Leave it out, or give one of " + String.join(", ", known) + ".");
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
