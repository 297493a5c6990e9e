package io.apogeemq.broker;

import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.RemotingServer;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;

/**
 * The broker on one event loop: its share of the connections, the families that answer them, and the
 * requests that wait. Deployed once per event loop; the instances share the two listening ports.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class BrokerVerticle extends VerticleBase {
  /** Waiting requests are answered at most so much after their deadline. */
  static final long TICK_MS = 200;

  private final Broker broker;

  BrokerVerticle(Broker broker) {
    this.broker = broker;
  }

  @Override
  public Future<?> start() {
    BrokerLoop loop = BrokerLoop.on(vertx, context);
    broker.arrivals().add(loop.parked());
    vertx.setPeriodic(TICK_MS, ignored -> loop.executor().execute(loop.parked()::tick));
    List<RequestFamily> families = new ArrayList<>(broker.families(loop));
    families.addAll(broker.entrance().families());
    Dispatcher dispatcher = new Dispatcher(families, broker.entrance().gate());
    BrokerConfig config = broker.config();
    return server(dispatcher, config.listenPort(), "the broker port ")
        .also(broker.entrance().loopback())
        .start()
        .compose(
            ignored -> server(dispatcher, config.fastPort(), "the broker's fast port ").start());
  }

  private RemotingServer server(Dispatcher dispatcher, int port, String name) {
    return new RemotingServer(
        vertx,
        broker.config().bindAddress(),
        port,
        name + port,
        dispatcher,
        broker.entrance().tls());
  }
}
