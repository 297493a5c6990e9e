package io.apogeemq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTest {
  private static final String MAIN = "conf/plain_acl.yml";

  /** The file as the original ships it, whose secrets are numbers for YAML. */
  private static final String AS_SHIPPED =
      """
      globalWhiteRemoteAddresses:
        - 10.10.103.*
        - 192.168.0.*

      accounts:
        - accessKey: RocketMQ
          secretKey: 12345678
          whiteRemoteAddress:
          admin: false
          defaultTopicPerm: DENY
          defaultGroupPerm: SUB
          topicPerms:
            - topicA=DENY
            - topicB=PUB|SUB
            - topicC=SUB
          groupPerms:
            # the group should convert to retry topic
            - groupA=DENY
            - groupB=PUB|SUB
            - groupC=SUB

        - accessKey: rocketmq2
          secretKey: 12345678
          whiteRemoteAddress: 192.168.1.*
          # if it is admin, it could access all resources
          admin: true
      """;

  @TempDir Path home;

  private Path main;

  @BeforeEach
  void shippedFile() throws IOException {
    main = home.resolve(MAIN);
    Files.createDirectories(home.resolve("conf/acl"));
    Files.writeString(main, AS_SHIPPED);
  }

  private Accounts open() throws AclRejected {
    return Accounts.open(home, MAIN, () -> 1_700_000_000_000L);
  }

  @Test
  void theShippedFileMeansWhatItMeansToTheOriginal() throws Exception {
    AclRules rules = open().rules();
    assertThat(rules.isWhite(InetAddress.getByName("192.168.0.77"))).isTrue();
    assertThat(rules.isWhite(InetAddress.getByName("192.168.1.77"))).isFalse();
    Account one = rules.find("RocketMQ");
    assertThat(one.admin()).isFalse();
    assertThat(one.key()).isEqualTo(Account.key("12345678"));
    assertThat(one.topic("topicA")).isEqualTo(Right.DENY);
    assertThat(one.topic("topicB")).isEqualTo(Right.PUB_SUB);
    assertThat(one.topic("unheard of")).isEqualTo(Right.DENY);
    assertThat(one.group("groupA")).isEqualTo(Right.DENY);
    assertThat(one.group("unheard of")).isEqualTo(Right.SUB);
    assertThat(one.white()).isSameAs(AddressPattern.NONE);
    Account two = rules.find("rocketmq2");
    assertThat(two.topic("any")).isEqualTo(Right.PUB_SUB);
    assertThat(two.white().matches(InetAddress.getByName("192.168.1.9"))).isTrue();
    assertThat(one.toString() + two + rules).doesNotContain("12345678");
  }

  @Test
  void filesBesideTheMainOneCountTooAndComeFirst() throws Exception {
    Path other = home.resolve("conf/acl/team/more.yaml");
    Files.createDirectories(other.getParent());
    Files.writeString(
        other,
        "accounts: [{accessKey: rocketmq2, secretKey: another1}, {accessKey: third-1, secretKey: third-secret}]");
    AclRules rules = open().rules();
    assertThat(rules.find("rocketmq2").admin()).isFalse();
    assertThat(rules.accounts()).containsOnlyKeys("RocketMQ", "rocketmq2", "third-1");
  }

  @Test
  void aChangeCountsOnceItHoldsStill() throws Exception {
    Accounts accounts = open();
    Files.writeString(main, "accounts: [{accessKey: new-one-1, secretKey: new-secret}]");
    accounts.look();
    assertThat(accounts.rules().find("new-one-1")).isNull();
    accounts.look();
    assertThat(accounts.rules().accounts()).containsOnlyKeys("new-one-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   \n",
        "accounts: [",
        "accounts: {}",
        "- a list",
        "accounts: []",
        "accounts: [{accessKey: short, secretKey: long-enough}]",
        "accounts: [{accessKey: long-enough, secretKey: short}]",
        "accounts: [{accessKey: long-enough}]",
        "accounts: [{accessKey: long-enough, secretKey: long-enough, admin: perhaps}]",
        "accounts: [{accessKey: long-enough, secretKey: long-enough, topicPerms: [a]}]",
        "accounts: [{accessKey: long-enough, secretKey: long-enough, topicPerms: PUB}]",
        "accounts: [{accessKey: long-enough, secretKey: long-enough, whiteRemoteAddress: 1.2.3}]",
        "globalWhiteRemoteAddresses: [300.1.1.1]",
        "accounts: [{accessKey: a-long-one, secretKey: long-enough}]\naccounts: []",
        "accounts: !!javax.script.ScriptEngineManager []",
      })
  void aBrokenFileKeepsTheRulesAndRefusesAStart(String text) throws Exception {
    Accounts accounts = open();
    AclRules before = accounts.rules();
    Files.writeString(main, text);
    accounts.look();
    accounts.look();
    accounts.look();
    assertThat(accounts.rules()).isSameAs(before);
    assertThatThrownBy(this::open)
        .isInstanceOf(AclRejected.class)
        .hasMessageContaining(main.toString())
        .hasMessageNotContaining("long-enough, ");
  }

  @Test
  void aStartWithoutAnyAccountIsRefused() throws Exception {
    Files.delete(main);
    assertThatThrownBy(this::open)
        .isInstanceOf(AclRejected.class)
        .hasMessageContaining("nobody could do anything")
        .hasMessageContaining(main.toString());
  }

  @Test
  void aMendedFileCountsAfterABrokenOne() throws Exception {
    Accounts accounts = open();
    for (String text :
        List.of("accounts: [", "accounts: [{accessKey: new-one-1, secretKey: s123456}]")) {
      Files.writeString(main, text);
      accounts.look();
      accounts.look();
    }
    assertThat(accounts.rules().accounts()).containsOnlyKeys("new-one-1");
  }

  private static AccountChange change(String name, String secret, List<String> topics) {
    return new AccountChange(name, secret, null, false, null, "SUB", topics, null);
  }

  @Test
  void aToolsChangeIsInForceAndOnDiskAtOnce() throws Exception {
    Accounts accounts = open();
    accounts.update(change("made-by-tool", "tool-secret", List.of("T=PUB")));
    assertThat(accounts.rules().find("made-by-tool").topic("T")).isEqualTo(Right.PUB);
    Accounts again = open();
    assertThat(again.rules()).isEqualTo(accounts.rules());
    assertThat(again.files().get(0).version().counter()).isEqualTo(1);
    assertThat(again.rules().isWhite(InetAddress.getByName("192.168.0.77"))).isTrue();
  }

  @Test
  void aChangeKeepsWhatItDoesNotSpeakOf() throws Exception {
    Accounts accounts = open();
    accounts.update(change("RocketMQ", "87654321", null));
    Account changed = accounts.rules().find("RocketMQ");
    assertThat(changed.key()).isEqualTo(Account.key("87654321"));
    assertThat(changed.topic("topicB")).isEqualTo(Right.PUB_SUB);
    assertThat(open().rules()).isEqualTo(accounts.rules());
  }

  @Test
  void aRemovedAccountIsGone() throws Exception {
    Accounts accounts = open();
    assertThat(accounts.delete("RocketMQ")).isTrue();
    assertThat(accounts.delete("RocketMQ")).isFalse();
    assertThat(open().rules().accounts()).containsOnlyKeys("rocketmq2");
  }

  @Test
  void aChangeThatWouldLockEverybodyOutIsRefused() throws Exception {
    Files.writeString(main, "accounts: [{accessKey: only-one, secretKey: long-enough}]");
    Accounts accounts = open();
    assertThatThrownBy(() -> accounts.delete("only-one")).isInstanceOf(AclRejected.class);
    assertThat(Files.readString(main)).contains("only-one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"T", "T=ALL", "=PUB", "T=PUB=SUB"})
  void aRightThatIsNoneIsRefusedInsteadOfDenying(String right) throws Exception {
    Accounts accounts = open();
    assertThatThrownBy(() -> accounts.update(change("made-by-tool", "tool-secret", List.of(right))))
        .isInstanceOf(AclRejected.class);
    assertThat(Files.readString(main)).isEqualTo(AS_SHIPPED);
  }

  /** The original writes any file within its home that exists. */
  @Test
  void whiteAddressesGoIntoAFileOfAccountsOnly() throws Exception {
    Accounts accounts = open();
    accounts.updateWhite(List.of("10.1.1.1"), null);
    assertThat(accounts.rules().isWhite(InetAddress.getByName("10.1.1.1"))).isTrue();
    Path innocent = Files.writeString(home.resolve("conf/other.yml"), "a: b");
    for (String path : List.of(innocent.toString(), "/etc/passwd", main + "/../plain_acl.yml")) {
      assertThatThrownBy(() -> accounts.updateWhite(List.of("10.1.1.2"), path))
          .isInstanceOf(AclRejected.class)
          .hasMessageContaining("none of this broker's files");
    }
    assertThat(Files.readString(innocent)).isEqualTo("a: b");
    assertThatThrownBy(() -> accounts.updateWhite(List.of("not an address"), null))
        .isInstanceOf(AclRejected.class);
  }

  @Test
  void anEditByHandIsNotOverwritten() throws Exception {
    Accounts accounts = open();
    Files.writeString(main, AS_SHIPPED + "# edited\n");
    assertThatThrownBy(() -> accounts.update(change("made-by-tool", "tool-secret", null)))
        .isInstanceOf(AclRejected.class)
        .hasMessageContaining("being edited");
  }

  @Test
  void aWrittenFileKeepsItsPermissions() throws Exception {
    Files.setPosixFilePermissions(main, PosixFilePermissions.fromString("rw-r-----"));
    Accounts accounts = open();
    accounts.delete("RocketMQ");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(main)))
        .isEqualTo("rw-r-----");
  }
}
