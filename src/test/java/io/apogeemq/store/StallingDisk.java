package io.apogeemq.store;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.FileDisk;
import java.util.concurrent.CountDownLatch;

/**
 * The machine's disk, except that writes and forces hang from {@link #stall} to {@link #goOn}, or only
 * forces from {@link #stallForces} on.
 */
public final class StallingDisk {
  private volatile CountDownLatch writes = new CountDownLatch(0);
  private volatile CountDownLatch forces = new CountDownLatch(0);

  /** The disk to open a store on. */
  public Disk disk() {
    return DiskProxy.over(
        new FileDisk(),
        (file, method, arguments) -> {
          switch (method) {
            case "write" -> writes.await();
            case "force" -> forces.await();
            default -> {}
          }
        });
  }

  public void stall() {
    stallForces();
    writes = new CountDownLatch(1);
  }

  public void stallForces() {
    forces = new CountDownLatch(1);
  }

  public void goOn() {
    writes.countDown();
    forces.countDown();
  }
}
