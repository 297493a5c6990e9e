package io.apogeemq.examples;

import io.apogeemq.client.Admin;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.GroupAdmin;
import io.apogeemq.client.Message;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Topics, groups, lag and stored messages. */
public final class Administer extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    Admin admin = client.admin();
    GroupAdmin groups = client.groupAdmin();
    return admin
        .createTopic("invoices", 4)
        .compose(ignored -> client.producer("billers").send(Message.of("invoices", "10 EUR")))
        .compose(sent -> client.messages().byOffsetId(sent.offsetMsgId()))
        .onSuccess(found -> vertx.eventBus().publish("seen", found.text()))
        .compose(ignored -> groups.offsetsAt("invoices", System.currentTimeMillis()))
        .compose(preview -> groups.groups())
        .compose(all -> admin.clusterInfo())
        .compose(info -> admin.deleteTopic("invoices"));
    // groups.progress("g", "invoices").map(GroupProgress::lag), groups.resetTo("g", "invoices", ms)
  }
}
