package io.apogeemq.store;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** Stands between a store and its disk, and is told of each call to an open file before it is made. */
public final class DiskProxy {
  private DiskProxy() {}

  /** Sees a call to a file that was opened by this name. */
  public interface Watch {
    void before(Path openedAs, String method, Object[] arguments) throws Exception;
  }

  public static Disk over(Disk real, Watch watch) {
    return proxy(
        Disk.class,
        (self, method, arguments) -> {
          Object result = pass(real, method, arguments);
          return result instanceof DiskFile file
              ? watched((Path) arguments[0], file, watch)
              : result;
        });
  }

  private static DiskFile watched(Path openedAs, DiskFile real, Watch watch) {
    return proxy(
        DiskFile.class,
        (self, method, arguments) -> {
          watch.before(openedAs, method.getName(), arguments);
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
        Proxy.newProxyInstance(DiskProxy.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
