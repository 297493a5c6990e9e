package io.apogeemq.gateway.http;

import static io.apogeemq.gateway.http.ProblemKind.BAD_REQUEST;
import static io.apogeemq.gateway.http.ProblemKind.BROKER_ERROR;
import static io.apogeemq.gateway.http.ProblemKind.CONFLICT;
import static io.apogeemq.gateway.http.ProblemKind.FORBIDDEN;
import static io.apogeemq.gateway.http.ProblemKind.GONE;
import static io.apogeemq.gateway.http.ProblemKind.GROUP_NOT_FOUND;
import static io.apogeemq.gateway.http.ProblemKind.NOT_FOUND;
import static io.apogeemq.gateway.http.ProblemKind.NOT_SUPPORTED;
import static io.apogeemq.gateway.http.ProblemKind.TIMED_OUT;
import static io.apogeemq.gateway.http.ProblemKind.TOO_MANY_REQUESTS;
import static io.apogeemq.gateway.http.ProblemKind.TOPIC_NOT_FOUND;
import static io.apogeemq.gateway.http.ProblemKind.UNAUTHENTICATED;
import static io.apogeemq.gateway.http.ProblemKind.UNAVAILABLE;

import io.apogeemq.client.RequestRefused;
import io.apogeemq.protocol.remoting.ResponseCode;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a refusal of a broker or name server is in HTTP. Access control of 4.x answers with code 1 and a
 * text that names its exception, so that is looked at first.
 */
public final class BrokerCodes {
  private static final String ACL = "AclException";

  /** How brokers, ours and Apache's, say that they don't know who asks. */
  private static final String[] UNKNOWN_CALLER = {
    "No accessKey is configured", "No acl config for", "Check signature failed"
  };

  private static final Map<Integer, ProblemKind> KINDS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(ResponseCode.SYSTEM_ERROR, BROKER_ERROR),
              Map.entry(ResponseCode.SYSTEM_BUSY, UNAVAILABLE),
              Map.entry(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, NOT_SUPPORTED),
              Map.entry(ResponseCode.TRANSACTION_FAILED, CONFLICT),
              Map.entry(ResponseCode.MESSAGE_ILLEGAL, BAD_REQUEST),
              Map.entry(ResponseCode.SERVICE_NOT_AVAILABLE, UNAVAILABLE),
              Map.entry(ResponseCode.VERSION_NOT_SUPPORTED, NOT_SUPPORTED),
              Map.entry(ResponseCode.NO_PERMISSION, FORBIDDEN),
              Map.entry(ResponseCode.TOPIC_NOT_EXIST, TOPIC_NOT_FOUND),
              Map.entry(ResponseCode.TOPIC_EXIST_ALREADY, CONFLICT),
              Map.entry(ResponseCode.PULL_NOT_FOUND, NOT_FOUND),
              Map.entry(ResponseCode.PULL_OFFSET_MOVED, GONE),
              Map.entry(ResponseCode.QUERY_NOT_FOUND, NOT_FOUND),
              Map.entry(ResponseCode.SUBSCRIPTION_PARSE_FAILED, BAD_REQUEST),
              Map.entry(ResponseCode.SUBSCRIPTION_NOT_EXIST, CONFLICT),
              Map.entry(ResponseCode.SUBSCRIPTION_NOT_LATEST, CONFLICT),
              Map.entry(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, GROUP_NOT_FOUND),
              Map.entry(ResponseCode.INVALID_PARAMETER, BAD_REQUEST),
              Map.entry(ResponseCode.NO_BUYER_ID, UNAVAILABLE),
              Map.entry(ResponseCode.NOT_IN_CURRENT_UNIT, UNAVAILABLE),
              Map.entry(ResponseCode.CONSUMER_NOT_ONLINE, CONFLICT),
              Map.entry(ResponseCode.CONSUME_MSG_TIMEOUT, TIMED_OUT),
              Map.entry(ResponseCode.NO_MESSAGE, NOT_FOUND),
              Map.entry(ResponseCode.POLLING_FULL, TOO_MANY_REQUESTS),
              Map.entry(ResponseCode.BROKER_NOT_EXIST, UNAVAILABLE),
              Map.entry(ResponseCode.BROADCAST_CONSUMPTION, CONFLICT),
              Map.entry(ResponseCode.FLOW_CONTROL, TOO_MANY_REQUESTS),
              Map.entry(ResponseCode.NOT_LEADER_FOR_QUEUE, UNAVAILABLE),
              Map.entry(ResponseCode.ILLEGAL_OPERATION, CONFLICT),
              Map.entry(ResponseCode.GO_AWAY, UNAVAILABLE),
              Map.entry(ResponseCode.USER_NOT_EXIST, UNAUTHENTICATED),
              Map.entry(ResponseCode.POLICY_NOT_EXIST, FORBIDDEN)));

  private BrokerCodes() {}

  /** A refusal as a problem, with the broker's own words and code. */
  static Problem problem(RequestRefused refused) {
    String said = refused.remark();
    return new Problem(kind(refused.code(), said), said)
        .with("brokerCode", refused.code())
        .with("brokerCodeName", ResponseCode.name(refused.code()));
  }

  /** Whether a node refuses the account that asked, or that nobody in particular asked. */
  public static boolean denies(Throwable failure) {
    if (!(failure instanceof RequestRefused refused)) {
      return false;
    }
    ProblemKind kind = kind(refused.code(), refused.remark());
    return kind == UNAUTHENTICATED || kind == FORBIDDEN;
  }

  private static ProblemKind kind(int code, String said) {
    if (said.contains(ACL)) {
      for (String each : UNKNOWN_CALLER) {
        if (said.contains(each)) {
          return UNAUTHENTICATED;
        }
      }
      return FORBIDDEN;
    }
    return KINDS.getOrDefault(code, BROKER_ERROR);
  }

  /** The table of the documentation, in Markdown; a test compares it with the page. */
  public static String markdown() {
    StringBuilder table =
        new StringBuilder("| code | of RocketMQ | HTTP | type |\n|---|---|---|---|\n");
    table.append(
        "| 1 | `AclException`: unknown account, wrong signature | 401 | `unauthenticated` |\n");
    table.append("| 1 | `AclException`: anything else | 403 | `forbidden` |\n");
    KINDS.forEach(
        (code, kind) ->
            table.append(
                "| %d | `%s` | %d | `%s` |\n"
                    .formatted(code, ResponseCode.name(code), kind.status(), kind.slug())));
    return table
        .append("| other | | ")
        .append(BROKER_ERROR.status())
        .append(" | `")
        .append(BROKER_ERROR.slug())
        .append("` |\n")
        .toString();
  }
}
