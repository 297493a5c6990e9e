package io.apogeemq.store.log;

import io.apogeemq.store.Completions;
import java.util.ArrayList;
import java.util.List;

/** The owners that have got results in one batch: each is woken once. Confined to one thread. */
public final class Answers {
  private final List<Completions> owners = new ArrayList<>(4);

  /** Notes that an owner has got a result. */
  public void note(Completions owner) {
    for (int i = owners.size() - 1; i >= 0; i--) {
      if (owners.get(i) == owner) {
        return;
      }
    }
    owners.add(owner);
  }

  /** Wakes the owners. */
  public void wake() {
    for (int i = 0; i < owners.size(); i++) {
      owners.get(i).wake();
    }
    owners.clear();
  }
}
