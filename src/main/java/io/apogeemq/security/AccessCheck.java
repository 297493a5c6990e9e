package io.apogeemq.security;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestSignature;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Gate;
import io.apogeemq.remoting.Refused;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every request by the rules in force, in the original's order:
 *
 * <pre>
 *   from a globally white address       → everything is allowed, nothing is asked
 *   AccessKey names an account          → else refused
 *   from a white address of the account → everything is allowed
 *   Signature proves the secret         → else refused
 *   the row's questions                 → administrator, topics, groups
 * </pre>
 *
 * <p>Answers are the original's: code 1 and a text that starts with the name of its exception, by which
 * programs recognise it. No answer and no line of the log holds a secret or a signature.
 */
public final class AccessCheck implements Gate {
  /** How the original's texts start. */
  static final String PREFIX = "org.apache.rocketmq.acl.common.AclException: ";

  /** Whoever is known may publish traces, as in the original. */
  private static final String TRACE_TOPIC = "RMQ_SYS_TRACE_TOPIC";

  private static final Logger log = LoggerFactory.getLogger(AccessCheck.class);

  /** Refusals are logged at most this often: anyone can cause as many as he likes. */
  private static final long LOG_INTERVAL_MS = 1_000;

  private static final int SHOWN_CHARS = 64;

  private final Accounts accounts;
  private final LongSupplier clockMs;
  private final AtomicLong nextLogMs = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong unlogged = new AtomicLong();

  /** {@code clockMs}: never jumps; for the distance between two lines of the log. */
  public AccessCheck(Accounts accounts, LongSupplier clockMs) {
    this.accounts = accounts;
    this.clockMs = clockMs;
  }

  @Override
  public Caller identify(Exchange from) {
    AclRules rules = accounts.rules();
    InetAddress address = from.connection().remoteAddress().getAddress();
    if (rules.isWhite(address)) {
      return Anyone.TRUSTED;
    }
    RemotingCommand request = from.request();
    ExtFields ext = request.ext();
    String accessKey = ext.get(RequestSignature.ACCESS_KEY);
    if (accessKey == null) {
      throw refused(
          from,
          "No accessKey is configured",
          "this broker has access control: give the client an accessKey and secretKey"
              + " (AclClientRPCHook)");
    }
    Account account = rules.find(accessKey);
    if (account == null) {
      throw refused(
          from, "No acl config for " + shown(accessKey), "an administrator can add the account");
    }
    if (account.white().matches(address)) {
      return Anyone.TRUSTED;
    }
    if (!RequestSignature.verify(request, account.key())) {
      throw refused(
          from,
          "Check signature failed for accessKey=" + accessKey,
          "the client's secretKey is not the one of the account here");
    }
    return new Known(account, from);
  }

  /** From a white address: everything is allowed. */
  private enum Anyone implements Caller {
    TRUSTED;

    @Override
    public void mayAdminister() {
      // allowed, as all that follows
    }

    @Override
    public void mayPublish(String topic) {
      // allowed
    }

    @Override
    public void mayConsume(String topic) {
      // allowed
    }

    @Override
    public void mayUse(String topic) {
      // allowed
    }

    @Override
    public void mayJoin(String group) {
      // allowed
    }
  }

  /** The owner of an account. */
  private final class Known implements Caller {
    private final Account account;
    private final Exchange from;

    Known(Account account, Exchange from) {
      this.account = account;
      this.from = from;
    }

    @Override
    public void mayAdminister() {
      if (!account.admin()) {
        throw refused(
            from,
            "Need admin permission for request code="
                + from.request().code()
                + ", but accessKey="
                + account.accessKey()
                + " is not",
            "use the account of an administrator");
      }
    }

    @Override
    public void mayPublish(String topic) {
      if (topic.startsWith(Names.RETRY)) {
        mayReach(topic);
      } else if (!topic.equals(TRACE_TOPIC) && !account.topic(topic).publishes()) {
        throw denied("topic", topic, "PUB");
      }
    }

    @Override
    public void mayConsume(String topic) {
      if (topic.startsWith(Names.RETRY)) {
        mayReach(topic);
      } else if (!account.topic(topic).consumes()) {
        throw denied("topic", topic, "SUB");
      }
    }

    @Override
    public void mayUse(String topic) {
      if (topic.startsWith(Names.RETRY)) {
        mayReach(topic);
      } else if (account.topic(topic) == Right.DENY && !topic.equals(TRACE_TOPIC)) {
        throw denied("topic", topic, "PUB or SUB");
      }
    }

    @Override
    public void mayJoin(String group) {
      if (!account.group(group).consumes()) {
        throw denied("group", group, "SUB");
      }
    }

    /**
     * A retry topic is its group's: {@code %RETRY%group}. Those of POP also name the topic, {@code
     * %RETRY%group+topic} or {@code %RETRY%group_topic}: who may use both may use them, wherever the
     * name can be parted so.
     */
    private void mayReach(String retryTopic) {
      String rest = retryTopic.substring(Names.RETRY.length());
      if (account.group(rest).consumes()) {
        return;
      }
      boolean named = account.groups().containsKey(rest);
      for (int i = 1; !named && i < rest.length() - 1; i++) {
        if ((rest.charAt(i) == '+' || rest.charAt(i) == '_')
            && account.group(rest.substring(0, i)).consumes()
            && account.topic(rest.substring(i + 1)).consumes()) {
          return;
        }
      }
      throw denied("group", rest, "SUB");
    }

    private Refused denied(String kind, String name, String right) {
      return refused(
          from,
          "No default permission for " + kind + ":" + shown(name),
          "the account " + account.accessKey() + " needs " + right + " of it");
    }
  }

  private Refused refused(Exchange from, String why, String cure) {
    logNowAndThen(from, why);
    return new Refused(ResponseCode.SYSTEM_ERROR, PREFIX + why + "; " + cure);
  }

  private void logNowAndThen(Exchange from, String why) {
    long now = clockMs.getAsLong();
    long next = nextLogMs.get();
    if (now >= next && nextLogMs.compareAndSet(next, now + LOG_INTERVAL_MS)) {
      log.warn(
          "refused request {} from {}: {} ({} more before)",
          from.request().code(),
          from.connection(),
          why,
          unlogged.getAndSet(0));
    } else {
      unlogged.incrementAndGet();
    }
  }

  /** A name that somebody sent, fit for a line of a log. */
  private static String shown(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > SHOWN_CHARS ? clean.substring(0, SHOWN_CHARS) + "..." : clean;
  }
}
