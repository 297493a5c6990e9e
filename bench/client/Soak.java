/** {@code Soak NAMESRV BROKER PID SECONDS}: loads one broker by synchronous sends of 1 KB. */
public final class Soak {
  private static final int THREADS = 8;

  public static void main(String[] args) throws Exception {
    Target target = Target.of("soak," + args[0] + "," + args[1] + "," + args[2]);
    Client client = target.client();
    client.createTopic("Soak", Case.QUEUES);
    Load load = ClientLoads.sync(client.sender(0), "Soak", Case.body(1024), THREADS);
    try (load) {
      load.start();
      Case.pause(Double.parseDouble(args[3]));
    }
    if (load.failures() > 0) {
      System.err.println(load.failures() + " failed: " + load.firstFailure());
      System.exit(1);
    }
    System.exit(0); // the client's threads would keep the process alive
  }
}
