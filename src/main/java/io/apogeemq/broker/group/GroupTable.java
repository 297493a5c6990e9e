package io.apogeemq.broker.group;

import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.broker.state.Tombstones;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.SubscriptionGroupWrapper;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the consumer groups.
 *
 * <p>Shared by all event loops: any thread reads without lock. Durable groups change through {@link
 * #replay} alone, on the state loop. The system groups are always there and need no record.
 */
public final class GroupTable implements StateTable {
  /** Groups of the original that are always there, and that people neither see nor delete. */
  public static final Set<String> SYSTEM_GROUPS =
      Set.of(
          "TOOLS_CONSUMER",
          "FILTERSRV_CONSUMER",
          "SELF_TEST_C_GROUP",
          "CID_ONS-HTTP-PROXY",
          "CID_ONSAPI_PULL",
          "CID_ONSAPI_PERMISSION",
          "CID_ONSAPI_OWNER");

  private final ConcurrentHashMap<String, SubscriptionGroupConfig> groups =
      new ConcurrentHashMap<>();

  /** What is being written, so that a group used for the first time by many is created once. */
  private final ConcurrentHashMap<String, Future<SubscriptionGroupConfig>> creating =
      new ConcurrentHashMap<>();

  private volatile boolean autoCreate;
  private final Tombstones deleted;
  private final LongSupplier clockMs;
  private final StateWriter writer;
  private volatile DataVersion dataVersion;

  /**
   * @param autoCreate the key {@code autoCreateSubscriptionGroup}
   * @param deleted which heartbeats and pulls don't bring back
   */
  public GroupTable(
      boolean autoCreate, Tombstones deleted, LongSupplier clockMs, StateWriter writer) {
    this.autoCreate = autoCreate;
    this.deleted = deleted;
    this.clockMs = clockMs;
    this.writer = writer;
    this.dataVersion = new DataVersion(0, 0L, clockMs.getAsLong());
    SYSTEM_GROUPS.forEach(name -> groups.put(name, SubscriptionGroupConfig.of(name)));
  }

  /** Whether groups are created from now on when their first consumer appears. */
  public void autoCreate(boolean enabled) {
    autoCreate = enabled;
  }

  /** The group's settings, or null if it is unknown. Creates nothing. */
  public @Nullable SubscriptionGroupConfig find(String group) {
    return groups.get(group);
  }

  /**
   * The settings of a group that is being used (heartbeat, pull, offset), created with the original's
   * defaults if it is new and the broker allows that.
   *
   * @return completes on the asking context; already complete for a known group. Fails with {@link
   *     Refused}: SUBSCRIPTION_GROUP_NOT_EXIST, or a name that breaks the rule
   */
  public Future<SubscriptionGroupConfig> onUse(String group) {
    SubscriptionGroupConfig known = groups.get(group);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    try {
      Refused.unlessGroup(group);
    } catch (Refused e) {
      return e.now();
    }
    if (!autoCreate && !group.startsWith(Names.SYSTEM_GROUP_PREFIX)) {
      return new Refused(
              ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
              "subscription group ["
                  + group
                  + "] does not exist. Create it with mqadmin updateSubGroup, or set"
                  + " autoCreateSubscriptionGroup=true.")
          .now();
    }
    if (deleted.heldMs(group) > 0) {
      return new Refused(
              ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
              "subscription group ["
                  + group
                  + "] does not exist: "
                  + deleted.words(group)
                  + ", with mqadmin updateSubGroup.")
          .now();
    }
    return create(group);
  }

  /** Puts a group, new or changed. Fails with {@link Refused}, also for a name that breaks the rule. */
  public Future<Void> put(SubscriptionGroupConfig group) {
    try {
      Refused.unlessGroup(group.groupName());
    } catch (Refused e) {
      return e.now();
    }
    return writer.write(new StateRecord.PutGroup(group));
  }

  /** Deletes a group; its offsets only if asked for. An unknown group as well. */
  public Future<Void> delete(String group, boolean offsetsToo) {
    return writer.write(new StateRecord.DeleteGroup(group, offsetsToo));
  }

  /** All groups, in no order: a view that follows the table. */
  public Collection<SubscriptionGroupConfig> all() {
    return Collections.unmodifiableCollection(groups.values());
  }

  /** True for a group that people neither see nor delete. */
  public static boolean isSystem(String group) {
    return SYSTEM_GROUPS.contains(group) || group.startsWith(Names.SYSTEM_GROUP_PREFIX);
  }

  private Future<SubscriptionGroupConfig> create(String group) {
    Promise<SubscriptionGroupConfig> mine = Promise.promise();
    Future<SubscriptionGroupConfig> other = creating.putIfAbsent(group, mine.future());
    if (other != null) {
      return StateLog.onAskingContext(other);
    }
    SubscriptionGroupConfig meanwhile = groups.get(group);
    SubscriptionGroupConfig fresh = SubscriptionGroupConfig.of(group);
    Future<SubscriptionGroupConfig> created =
        meanwhile != null
            ? Future.succeededFuture(meanwhile)
            : writer
                .write(new StateRecord.PutGroup(fresh))
                .map(done -> Optional.ofNullable(groups.get(group)).orElse(fresh));
    created.onComplete(
        (config, failure) -> {
          creating.remove(group);
          if (failure == null) {
            mine.complete(config);
          } else {
            mine.fail(failure);
          }
        });
    return mine.future();
  }

  @Override
  public String checkpointName() {
    return "subscriptionGroup.json";
  }

  @Override
  public void load(String json) {
    SubscriptionGroupWrapper saved = Body.parse(SubscriptionGroupWrapper.class, json);
    groups.putAll(saved.subscriptionGroupTable());
    if (saved.dataVersion() != null) {
      dataVersion = saved.dataVersion();
    }
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void replay(StateRecord record) {
    if (record instanceof StateRecord.PutGroup put) {
      deleted.lift(put.group().groupName());
      groups.put(put.group().groupName(), put.group());
      changed();
    } else if (record instanceof StateRecord.DeleteGroup delete) {
      if (groups.remove(delete.group()) != null) {
        deleted.set(delete.group());
        changed();
      }
    }
  }

  private void changed() {
    dataVersion = dataVersion.next(clockMs.getAsLong());
  }

  @Override
  public long revision() {
    return dataVersion.counter();
  }

  @Override
  public Supplier<String> checkpoint() {
    SubscriptionGroupWrapper now = wrapper();
    return () -> now.toJson(JsonForm.FILE);
  }

  /** All groups with their version, as code 201 tells them. */
  public SubscriptionGroupWrapper wrapper() {
    return new SubscriptionGroupWrapper(dataVersion, null, new TreeMap<>(groups));
  }
}
