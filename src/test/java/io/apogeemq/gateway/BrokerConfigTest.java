package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keys of a broker's configuration that are changed while it runs. */
class BrokerConfigTest {
  private static final String PATH = "/v1/brokers/broker-a/config";

  private final Api api = SharedNode.api();

  @Test
  void aChangeWorksAtOnceAndIsToldWithTheOldValue() {
    String group = "/v1/topics/gw-config/groups/gw-config-new/receive";
    api.put("/v1/topics/gw-config", new JsonObject());
    Api.Reply changed = change("autoCreateSubscriptionGroup", "false");
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    JsonObject told = changed.json().getJsonArray("changes").getJsonObject(0);
    assertThat(told.getString("from")).isEqualTo("true");
    assertThat(told.getString("to")).isEqualTo("false");
    assertThat(config()).containsEntry("autoCreateSubscriptionGroup", "false");
    assertThat(api.post(group).status()).isEqualTo(404);
    assertThat(change("autoCreateSubscriptionGroup", "true").status()).isEqualTo(200);
    assertThat(api.post(group).status()).isEqualTo(200);
  }

  @Test
  void aDryRunChangesNothing() {
    Map<String, String> before = config();
    JsonObject changes = new JsonObject().put("fileReservedTime", 1);
    Api.Reply tried = api.patch(PATH + "?dryRun", new JsonObject().put("changes", changes));
    assertThat(tried.json().getBoolean("dryRun")).isTrue();
    Api.Reply wrong =
        api.patch(
            PATH + "?dryRun",
            new JsonObject().put("changes", new JsonObject().put("fileReservedTime", "abc")));
    assertThat(wrong.status()).as(wrong.body()).isEqualTo(400);
    assertThat(wrong.json().getString("cure")).contains("1..878400 h");
    assertThat(config()).isEqualTo(before);
  }

  @Test
  void whatCouldDoHarmOrIsWrongIsRefusedWithAReason() {
    assertThat(change("storePathRootDir", "/tmp/elsewhere").status()).isEqualTo(400);
    assertThat(change("flushDiskType", "SYNC_FLUSH").json().getString("cure"))
        .contains("start the broker again");
    assertThat(change("strictSubscription", "true\nstorePathRootDir=/tmp/x").status())
        .isEqualTo(400);
    Api.Reply wrong = change("fileReservedTime", "soon");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.json().getString("detail")).contains("fileReservedTime", "soon");
    assertThat(change("diskSpaceWarningLevelRatio", "20").status()).isEqualTo(400);
  }

  private Api.Reply change(String key, String value) {
    JsonObject changes = new JsonObject().put(key, value);
    return api.patch(PATH, new JsonObject().put("changes", changes));
  }

  private Map<String, String> config() {
    return api.get(PATH).json().getJsonArray("keys").stream()
        .map(JsonObject.class::cast)
        .collect(Collectors.toMap(each -> each.getString("key"), each -> each.getString("value")));
  }
}
