package io.apogeemq.remoting;

import java.util.List;

/** A class that answers a family of request codes, and the rows that say which. */
public interface RequestFamily {
  List<Route<?>> routes();
}
