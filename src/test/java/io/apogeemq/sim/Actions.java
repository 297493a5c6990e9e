package io.apogeemq.sim;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What may happen next in a simulated life: each action has its share of a thousand. */
public final class Actions {
  private static final int ALL = 1000;

  private final List<Action> actions = new ArrayList<>();
  private final List<Integer> upTo = new ArrayList<>();
  private int used;

  /** Something that happens. */
  public interface Action {
    void happen() throws IOException;
  }

  /** One more; what all shares leave of a thousand is nothing at all. */
  public Actions with(int share, Action action) {
    used += share;
    if (used > ALL) {
      throw new IllegalArgumentException("shares of " + used);
    }
    actions.add(action);
    upTo.add(used);
    return this;
  }

  /** One of them happens. */
  public void next(Random random) throws IOException {
    int dice = random.nextInt(ALL);
    for (int i = 0; i < actions.size(); i++) {
      if (dice < upTo.get(i)) {
        actions.get(i).happen();
        return;
      }
    }
  }
}
