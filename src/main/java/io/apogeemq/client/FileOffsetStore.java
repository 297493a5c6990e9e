package io.apogeemq.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.CopyOptions;
import io.vertx.core.file.FileSystem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps offsets in a file of JSON, which is written new and then takes the old one's place:
 *
 * <pre>
 *   [{"topic":"t","brokerName":"broker-a","queueId":0,"offset":42}, …]
 * </pre>
 */
public final class FileOffsetStore implements OffsetStore {
  private final FileSystem files;
  private final String path;

  public FileOffsetStore(Vertx vertx, String path) {
    files = vertx.fileSystem();
    this.path = path;
  }

  @Override
  public Future<Map<MessageQueue, Long>> load() {
    return files
        .exists(path)
        .compose(
            there ->
                there
                    ? files.readFile(path).map(bytes -> read(bytes.toJsonArray()))
                    : Future.succeededFuture(Map.of()));
  }

  private static Map<MessageQueue, Long> read(JsonArray rows) {
    Map<MessageQueue, Long> all = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      JsonObject row = rows.getJsonObject(i);
      all.put(
          new MessageQueue(
              row.getString("topic"), row.getString("brokerName"), row.getInteger("queueId")),
          row.getLong("offset"));
    }
    return all;
  }

  @Override
  public Future<Void> save(Map<MessageQueue, Long> offsets) {
    JsonArray rows = new JsonArray();
    offsets.forEach(
        (queue, offset) ->
            rows.add(
                new JsonObject()
                    .put("topic", queue.topic())
                    .put("brokerName", queue.brokerName())
                    .put("queueId", queue.queueId())
                    .put("offset", offset)));
    String fresh = path + ".new";
    return files
        .writeFile(fresh, rows.toBuffer())
        .compose(
            ignored ->
                files.move(
                    fresh, path, new CopyOptions().setReplaceExisting(true).setAtomicMove(true)));
  }
}
