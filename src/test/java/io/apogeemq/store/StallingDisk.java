package io.apogeemq.store;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.io.FileDisk;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
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
    FileDisk real = new FileDisk();
    return proxy(
        Disk.class,
        (self, method, arguments) -> {
          Object result = pass(real, method, arguments);
          return result instanceof DiskFile file ? stalling(file) : result;
        });
  }

  private DiskFile stalling(DiskFile real) {
    return proxy(
        DiskFile.class,
        (self, method, arguments) -> {
          switch (method.getName()) {
            case "write" -> writes.await();
            case "force" -> forces.await();
            default -> {}
          }
          return pass(real, method, arguments);
        });
  }

  private static Object pass(Object real, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            StallingDisk.class.getClassLoader(), new Class<?>[] {type}, handler));
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
