package io.apogeemq.gateway;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.Key;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node with access control for all tests about accounts; its gateway answers nobody without one. */
final class AccountNode {
  private static final String ACCOUNTS =
      """
      accounts:
      - accessKey: administrator
        secretKey: '12345678'
        admin: true
      - accessKey: readers-account
        secretKey: 'abcdefgh'
        defaultTopicPerm: DENY
        defaultGroupPerm: DENY
        topicPerms:
        - gw-acl=SUB
        - gw-acl-own=SUB
        groupPerms:
        - gw-acl-group=SUB
        - gw-acl-own-group=SUB
      """;

  private static @Nullable TestNode node;

  private AccountNode() {}

  private static synchronized TestNode get() {
    TestNode started = node;
    if (started == null) {
      TestNode starting = another();
      Runtime.getRuntime().addShutdownHook(new Thread(starting::close));
      started = starting;
      node = starting;
    }
    return started;
  }

  /** One more of its kind, for whom others must not meet; the caller closes it. */
  static TestNode another() {
    return another(Map.of());
  }

  /** The same with other settings. */
  static TestNode another(Map<Key<?>, String> keys) {
    Map<Key<?>, String> all = new HashMap<>(keys);
    all.put(BrokerKeys.ACL_ENABLE, "true");
    all.put(GatewayKeys.REQUIRE_ACCOUNT, "true");
    return TestNode.start(
        all,
        Map.of(
            "conf/plain_acl.yml",
            ACCOUNTS,
            "conf/tools.yml",
            "accessKey: administrator\nsecretKey: '12345678'\n"));
  }

  static String nameServer() {
    return get().nameServer();
  }

  /** Its gateway, as nobody. */
  static Api api() {
    return new Api(get().gatewayPort());
  }
}
