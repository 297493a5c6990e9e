import java.util.function.Consumer;

/** The official client: threads that wait, and callbacks. */
final class OfficialLibrary implements Library {
  private final RocketClient client;

  OfficialLibrary(Target target) {
    client = new RocketClient(target);
  }

  /** It has no linger. */
  @Override
  public Load async(String topic, byte[] body, int window, int lingerMs) throws Exception {
    return ClientLoads.async(client.sender(0), topic, body, window);
  }

  @Override
  public Load single(String topic, byte[] body) throws Exception {
    return ClientLoads.sync(client.sender(0), topic, body, 1);
  }

  @Override
  public Load batches(String topic, byte[] body, int out, int messages) throws Exception {
    return ClientLoads.batch(client.sender(0), topic, body, out, messages);
  }

  @Override
  public AutoCloseable consume(String topic, Consumer<byte[]> sink) throws Exception {
    return client.subscribe(topic, sink);
  }
}
