package io.apogeemq.broker.transaction;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The producer groups of open half messages by number, so that a half message needs four bytes for the
 * name of its group. A number is used again when the last half message of its group has gone.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Groups {
  /** A group and what is known of it. */
  static final class Group {
    final String name;
    final int number;
    private int halves;

    /** Half messages whose outcome was asked for and has not been answered. */
    int unanswered;

    /** Which of its producers is asked next. */
    int turn;

    Group(String name, int number) {
      this.name = name;
      this.number = number;
    }
  }

  private final Map<String, Group> byName = new HashMap<>();
  private final List<Group> byNumber = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();

  /** One more half message of a group. */
  Group enter(String name) {
    Group group = byName.get(name);
    if (group == null) {
      int number = free.isEmpty() ? byNumber.size() : free.remove(free.size() - 1);
      group = new Group(name, number);
      byName.put(name, group);
      if (number == byNumber.size()) {
        byNumber.add(group);
      } else {
        byNumber.set(number, group);
      }
    }
    group.halves++;
    return group;
  }

  /** One less. */
  void leave(int number) {
    Group group = byNumber.get(number);
    if (--group.halves == 0) {
      byName.remove(group.name);
      free.add(number);
    }
  }

  Group get(int number) {
    return byNumber.get(number);
  }
}
