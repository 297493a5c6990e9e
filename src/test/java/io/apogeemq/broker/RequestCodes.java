package io.apogeemq.broker;

import java.util.List;
import java.util.Set;

/** Every request code of RocketMQ, and ours: how much it matters, which versions know it, which test shows ours. */
final class RequestCodes {
  /**
   * One code.
   *
   * @param priority P0: needed to send and consume. P1: a complete client; P1b of it: only proxies ask.
   *     P2: tools and dashboards; P2x: rare ones of 5.x. P3: between servers. old: nobody sends it
   * @param versions both: 4.9.x and 5.x
   * @param test a test class of ours below {@code io.apogeemq}, or "-"
   */
  record Row(int code, String priority, String versions, String test) {
    boolean mustBeAnswered() {
      return priority.equals("P0") || priority.equals("P1");
    }
  }

  /** Sent by servers to clients, never the other way. */
  static final Set<Integer> TO_CLIENTS = Set.of(39, 40, 220, 221, 326, 200073);

  /** P0 and P1 codes that this version has no answer to yet. {@code ProtocolDocTest} keeps it true. */
  static final Set<Integer> OPEN = Set.of();

  /** Rows that only say that changing the configuration of a running node is to come. */
  static final Set<Integer> REFUSED = Set.of(318);

  /** Requests that can't be answered without their fields: a row that reads none of them only refuses. */
  static final Set<Integer> HAVE_FIELDS = Set.of(37);

  private static final String ROWS =
      """
      10      P0   both      broker.PublishTest
      11      P0   both      compat.ConsumerGroupTest
      12      P1   both      compat.AdminActionsTest
      13      old  both      -
      14      P0   both      broker.offset.OffsetHandlersTest
      15      P0   both      broker.offset.OffsetHandlersTest
      17      P2   both      compat.MqAdminTest
      18      P2   5.x       broker.topic.TopicHandlersTest
      21      P2   both      broker.topic.TopicHandlersTest
      22      old  both      -
      23      old  both      -
      25      P2   both      broker.stats.StatsHandlersTest
      26      P2   both      compat.MqAdminTest
      27      old  both      -
      28      P2   both      compat.MqAdminTest
      29      P0   both      broker.queue.QueueHandlersTest
      30      P0   both      compat.MqAdminTest
      31      P0   both      compat.MqAdminTest
      32      P1   both      broker.queue.QueueHandlersTest
      33      P1   both      compat.AdminActionsTest
      34      P0   both      compat.ConsumerGroupTest
      35      P0   both      compat.ConsumerGroupTest
      36      P0   both      broker.FailedConsumptionTest
      37      P0   both      compat.TransactionTest
      38      P0   both      compat.ConsumerGroupTest
      39      P0   both      compat.TransactionTest
      40      P0   both      compat.ConsumerGroupTest
      41      P0   both      compat.OrderlyTest
      42      P0   both      compat.OrderlyTest
      43      P3   both      broker.offset.OffsetHandlersTest
      45      P3   both      broker.DelayedSendTest
      46      P1   both      compat.SqlFilterTest
      47      old  5.x       -
      50      P2   4.9-only  compat.AclTest
      51      P2   4.9-only  compat.AclTest
      52      P2   4.9-only  compat.AclTest
      53      P2   4.9-only  compat.AclTest
      54      P2   4.9-only  compat.AclTest
      60      P3   5.x       broker.DelayedSendTest
      61      P3   5.x       broker.DelayedSendTest
      100     P2   both      namesrv.NameServerRequestsTest
      101     P2   both      namesrv.NameServerRequestsTest
      102     P2   both      namesrv.NameServerRequestsTest
      103     P3   both      namesrv.RegistrationTest
      104     P3   both      namesrv.RegistrationTest
      105     P0   both      compat.FirstContactTest
      106     P2   both      compat.MqAdminTest
      200     P2   both      compat.MqAdminTest
      201     P2   both      broker.group.GroupRequestsTest
      202     P2   both      compat.MqAdminTest
      203     P2   both      compat.MqAdminTest
      204     P2   both      compat.MqAdminTest
      205     P2   both      namesrv.NameServerRequestsTest
      206     P2   both      namesrv.NameServerRequestsTest
      207     P2   both      compat.DeletedNamesTest
      208     P2   both      compat.MqAdminTest
      209     old  both      -
      210     old  both      -
      211     old  both      -
      212     old  both      -
      213     old  both      -
      214     old  both      -
      215     P2   both      compat.MqAdminTest
      216     P2   both      compat.MqAdminTest
      217     P2   5.x       namesrv.NameServerRequestsTest
      219     P2   both      namesrv.NameServerRequestsTest
      220     P1   both      compat.OffsetResetTest
      221     P1   both      compat.AdminActionsTest
      222     P2   both      compat.AdminActionsTest
      223     P2   both      compat.AdminActionsTest
      224     P2   both      namesrv.NameServerRequestsTest
      225     P2   5.x       broker.group.GroupRequestsTest
      300     P2   both      broker.stats.StatsHandlersTest
      301     old  both      -
      302     old  both      -
      303     P2   both      broker.stats.StatsHandlersTest
      304     P2   both      namesrv.NameServerRequestsTest
      305     P2   both      broker.topic.TopicHandlersTest
      306     P2   both      compat.AdminActionsTest
      307     P1   both      compat.AdminActionsTest
      308     P2   both      broker.offset.ResetHandlersTest
      309     P1   both      compat.AdminActionsTest
      310     P0   both      compat.ConsumerGroupTest
      311     P2   both      namesrv.NameServerRequestsTest
      312     P2   both      namesrv.NameServerRequestsTest
      313     P2   both      namesrv.NameServerRequestsTest
      314     P2   both      broker.offset.ResetHandlersTest
      315     P2   both      broker.stats.StatsHandlersTest
      316     P2   both      compat.AdminActionsTest
      317     P2   both      broker.stats.StatsHandlersTest
      318     P2   both      namesrv.NameServerRequestsTest
      319     P2   both      namesrv.NameServerRequestsTest
      320     P0   both      broker.PublishTest
      321     P2   both      compat.AdminActionsTest
      322     P3   both      namesrv.RegistrationTest
      323     P2   both      broker.TransactionTest
      324     P1   both      compat.ClientCasesTest
      325     P1   both      compat.ClientCasesTest
      326     P1   both      compat.ClientCasesTest
      327     P2   both      namesrv.NameServerRequestsTest
      328     P2   both      broker.group.ClientHandlersTest
      329     P2   both      compat.AdminActionsTest
      343     P2   5.x       broker.group.GroupRequestsTest
      345     P2   5.x       broker.group.GroupRequestsTest
      351     P2   5.x       broker.ClusterTopicsTest
      352     P2   5.x       broker.group.GroupRequestsTest
      353     P2   5.x       -
      354     P2x  5.x       -
      355     P2x  5.x       -
      361     P0   5.x       broker.ConsumeTest
      370     P1   5.x       compat.DelayTest
      400     P1   5.x       compat.PopConsumerTest
      401     P2   5.x       compat.PopConsumerTest
      402     P3   5.x       broker.PopTest
      513     P2x  5.x       -
      901     P3   5.x       namesrv.RegistrationTest
      902     P2x  5.x       -
      903     P2x  5.x       -
      904     P3   5.x       namesrv.RegistrationTest
      905     P3   5.x       -
      906     P3   5.x       -
      907     P2x  5.x       -
      908     P2x  5.x       -
      1001    P3   5.x       -
      1002    P2x  5.x       -
      1003    P3   5.x       -
      1004    P3   5.x       -
      1005    P2x  5.x       -
      1006    P2x  5.x       -
      1007    P2x  5.x       -
      1008    P3   5.x       -
      1009    P2x  5.x       -
      1010    P2x  5.x       -
      1011    P2x  5.x       -
      1012    P3   5.x       -
      1013    P3   5.x       -
      2001    P2x  5.x       -
      2002    P2x  5.x       -
      2003    P2x  5.x       -
      2004    P2x  5.x       -
      3001    P2   5.x       -
      3002    P2   5.x       -
      3003    P2   5.x       -
      3004    P2   5.x       -
      3005    P2   5.x       -
      3006    P2   5.x       -
      3007    P2   5.x       -
      3008    P2   5.x       -
      3009    P2   5.x       -
      3010    P2   5.x       -
      5001    P2x  5.5       -
      30001   P2   ours      gateway.PendingTest
      30002   P2   ours      gateway.PendingTest
      30003   P2   ours      gateway.PendingTest
      30011   P2   ours      broker.stats.OverviewHandlersTest
      30012   P2   ours      broker.stats.OverviewHandlersTest
      30013   P2   ours      broker.stats.OverviewHandlersTest
      200050  P1   5.x       compat.PopConsumerTest
      200051  P1   5.x       compat.PopConsumerTest
      200052  P1b  5.x       broker.PopTest
      200053  P1   5.x       broker.PopTest
      200054  P1b  5.x       broker.PopTest
      200055  P1b  5.x       broker.PopTest
      200056  P2x  5.x       -
      200070  P2x  5.5       -
      200071  P2x  5.5       -
      200072  P2x  5.5       -
      200073  P2x  5.5       -
      200074  P2x  5.5       -
      200075  P2x  5.5       -
      200076  P2x  5.5       -
      200077  P2x  5.5       -
      200078  P2x  5.5       -
      200079  P2x  5.5       -
      200151  P1b  5.x       broker.PopTest
      """;

  static final List<Row> ALL =
      ROWS.lines()
          .map(line -> line.split(" +"))
          .map(words -> new Row(Integer.parseInt(words[0]), words[1], words[2], words[3]))
          .toList();

  private RequestCodes() {}
}
