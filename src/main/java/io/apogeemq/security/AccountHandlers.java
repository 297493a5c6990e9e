package io.apogeemq.security;

import static io.apogeemq.protocol.remoting.RequestCode.DELETE_ACL_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_CLUSTER_ACL_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_CLUSTER_ACL_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_AND_CREATE_ACL_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_GLOBAL_WHITE_ADDRS_CONFIG;

import io.apogeemq.protocol.body.AclConfig;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.Json;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.header.AclHeaders;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the tools that look at accounts and change them: 50 to 54 of 4.9.x. All of them need an
 * administrator; in the original any account may make itself one. A change is in force, and on the
 * disk, when it is answered. Secrets are taken, never given.
 *
 * <p>Immutable; its rows may serve several loops.
 */
public final class AccountHandlers implements RequestFamily {
  private static final Logger log = LoggerFactory.getLogger(AccountHandlers.class);
  private static final String HIDDEN = "******";

  // The original's response codes; it has used their numbers for other things since.
  private static final int UPDATE_FAILED = 209;
  private static final int DELETE_FAILED = 210;
  private static final int UPDATE_WHITE_FAILED = 211;

  private final @Nullable Accounts accounts;
  private final Broker broker;
  private final DiskTasks disk;

  /** What the tools show of the broker. */
  public record Broker(String name, String address, String cluster) {}

  /** Runs what waits for the disk beside the event loop, one after the other. */
  @FunctionalInterface
  public interface DiskTasks {
    Future<Reply> run(Callable<Reply> task);
  }

  /** {@code accounts}: null where access control is off; then every request is refused, saying so. */
  public AccountHandlers(@Nullable Accounts accounts, Broker broker, DiskTasks disk) {
    this.accounts = accounts;
    this.broker = broker;
    this.disk = disk;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            UPDATE_AND_CREATE_ACL_CONFIG,
            Access.ADMIN,
            AclHeaders.UpdateAccount.class,
            this::update),
        Route.on(DELETE_ACL_CONFIG, Access.ADMIN, AclHeaders.DeleteAccount.class, this::delete),
        Route.on(GET_BROKER_CLUSTER_ACL_INFO, Access.ADMIN, this::versions),
        Route.on(
            UPDATE_GLOBAL_WHITE_ADDRS_CONFIG,
            Access.ADMIN,
            AclHeaders.UpdateWhite.class,
            this::updateWhite),
        Route.on(GET_BROKER_CLUSTER_ACL_CONFIG, Access.ADMIN, this::config));
  }

  private static Future<Reply> off() {
    return Reply.of(
            ResponseCode.SYSTEM_ERROR,
            "this broker has no access control: aclEnable is false in its configuration")
        .now();
  }

  /** A change of the files. */
  private interface Change {
    void make(Accounts accounts) throws AclRejected;
  }

  private Future<Reply> change(Exchange from, int failure, String what, Change change) {
    Accounts present = accounts;
    if (present == null) {
      return off();
    }
    String caller = from.connection().toString();
    return disk.run(
        () -> {
          try {
            change.make(present);
            log.info("{} by {}", what, caller);
            return Reply.ok();
          } catch (AclRejected e) {
            return Reply.of(failure, e.getMessage());
          }
        });
  }

  private Future<Reply> update(Exchange from, AclHeaders.UpdateAccount ask) {
    AccountChange change =
        new AccountChange(
            ask.accessKey(),
            ask.secretKey(),
            ask.whiteRemoteAddress(),
            Boolean.TRUE.equals(ask.admin()),
            ask.defaultTopicPerm(),
            ask.defaultGroupPerm(),
            split(ask.topicPerms()),
            split(ask.groupPerms()));
    return change(from, UPDATE_FAILED, change.toString(), accounts -> accounts.update(change));
  }

  private Future<Reply> delete(Exchange from, AclHeaders.DeleteAccount ask) {
    return change(
        from,
        DELETE_FAILED,
        "removal of an account",
        accounts -> {
          if (!accounts.delete(ask.accessKey())) {
            throw new AclRejected(
                "The accesskey["
                    + ask.accessKey()
                    + "] corresponding to accessConfig has been deleted failed: there is none.");
          }
        });
  }

  private Future<Reply> updateWhite(Exchange from, AclHeaders.UpdateWhite ask) {
    List<String> patterns = split(ask.globalWhiteAddrs());
    return change(
        from,
        UPDATE_WHITE_FAILED,
        "change of the white addresses",
        accounts ->
            accounts.updateWhite(patterns == null ? List.of() : patterns, ask.aclFileFullPath()));
  }

  private static @Nullable List<String> split(@Nullable String list) {
    return list == null
        ? null
        : Arrays.stream(list.split(","))
            .map(String::strip)
            .filter(each -> !each.isEmpty())
            .toList();
  }

  private Future<Reply> versions(Exchange from, Route.NoFields none) {
    if (accounts == null) {
      return off();
    }
    DataVersion main = AclFile.UNWRITTEN;
    List<String> all = new ArrayList<>();
    for (AclFile each : accounts.files()) {
      if (each.path().equals(accounts.mainFile())) {
        main = each.version();
      }
      all.add(quoted(each.path().toString()) + ":" + each.version().toJson(JsonForm.STANDARD));
    }
    return Reply.ok(
            new AclHeaders.VersionReply(
                main.toJson(JsonForm.STANDARD),
                "{" + String.join(",", all) + "}",
                broker.name(),
                broker.address(),
                broker.cluster()))
        .now();
  }

  private static String quoted(String text) {
    return new Json.Text(text).compact();
  }

  private Future<Reply> config(Exchange from, Route.NoFields none) {
    if (accounts == null) {
      return off();
    }
    AclRules rules = accounts.rules();
    return Reply.ok()
        .body(
            new AclConfig(
                    rules.white().stream().map(AddressPattern::toString).toList(),
                    rules.accounts().values().stream()
                        .sorted(Comparator.comparing(Account::accessKey))
                        .map(AccountHandlers::shown)
                        .toList())
                .toJson())
        .now();
  }

  private static AclConfig.PlainAccessConfig shown(Account account) {
    return new AclConfig.PlainAccessConfig(
        account.accessKey(),
        account.admin(),
        account.groupDefault().toString(),
        account.topicDefault().toString(),
        pairs(account.groups()),
        HIDDEN,
        pairs(account.topics()),
        account.white() == AddressPattern.NONE ? null : account.white().toString());
  }

  private static List<String> pairs(Map<String, Right> rights) {
    return rights.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .sorted()
        .collect(Collectors.toUnmodifiableList());
  }
}
