package io.apogeemq.gateway.http;

/**
 * The kinds of problems that requests meet: each has its HTTP status, a title, and what cures it unless
 * the problem itself knows better.
 */
public enum ProblemKind {
  BAD_REQUEST(400, "The request can't be understood", "Change it as the detail says."),
  INVALID_PARAMETER(400, "A parameter breaks its rule", "Change the parameter as the detail says."),
  UNAUTHENTICATED(
      401, "The request needs an account", "Send the account by Basic or a token by Bearer."),
  FORBIDDEN(403, "The account may not do this", "Use another account, or have it given the right."),
  FOREIGN_PAGE(
      403,
      "Pages of other sites may not call this gateway",
      "Put the page's origin into gatewayCorsOrigins."),
  NOT_FOUND(404, "There is no such thing here", "Check the path against /openapi.yaml."),
  TOPIC_NOT_FOUND(
      404, "Nobody knows this topic", "Check its name, or create it: PUT /v1/topics/…."),
  GROUP_NOT_FOUND(
      404, "Nobody knows this group", "Check its name; a group is there once it consumed."),
  METHOD_NOT_ALLOWED(405, "This path has other methods", "The Allow header lists them."),
  BODY_TIMED_OUT(408, "The body did not come in time", "Send it at once."),
  ANSWERS_UNREAD(408, "The answers were not read in time", "Read the answers while you send."),
  CONFLICT(409, "The state of the thing does not allow this", "Look at its state and try again."),
  GONE(410, "What this names is no longer there", "Get a new one."),
  TOO_LARGE(413, "The request is too large", "Send less at once."),
  UNSUPPORTED_MEDIA_TYPE(415, "The body is of a type not known here", "See /openapi.yaml."),
  KEY_REUSED(
      422,
      "The idempotency key stands for another message",
      "Give each message a key of its own; send the same again only as it was."),
  TOO_MANY_REQUESTS(429, "Too many requests", "Wait as long as Retry-After says."),
  INTERNAL(
      500,
      "The gateway made a mistake",
      "Report it with the line of the log that names this failure."),
  NOT_SUPPORTED(
      501,
      "The broker does not know this request",
      "Use a broker that does: ApogeeMQ or RocketMQ 5.x. Receiving with receipts needs one; publish,"
          + " browse, tail, offsets and seek also serve those of 4.x."),
  BROKER_ERROR(502, "The broker failed", "Look into the broker's log."),
  UNAVAILABLE(503, "The cluster can't do this now", "Try again after a moment."),
  TIMED_OUT(504, "The cluster did not answer in time", "Try again; what was sent may be stored.");

  private final int status;
  private final String title;
  private final String cure;

  ProblemKind(int status, String title, String cure) {
    this.status = status;
    this.title = title;
    this.cure = cure;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  public String cure() {
    return cure;
  }

  /** The last part of the problem's type: {@code topic-not-found}. */
  public String slug() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
