package io.apogeemq.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Arrows between rooms point down only: what a room may use is this table, and nothing else of ours. */
class PackageDirectionTest {
  private static final String ROOT = "io.apogeemq.";
  private static final String ALL = "*";

  /** Room → the rooms it may use; a room may always use itself. A dot means that room and what is under it. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("thread", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("metrics", Set.of()),
          Map.entry("protocol", Set.of("thread")),
          Map.entry("remoting", Set.of("protocol", "thread", "config", "metrics")),
          Map.entry("store", Set.of("protocol.message", "thread", "config", "metrics")),
          Map.entry("raft", Set.of("thread", "config")),
          Map.entry("cluster", Set.of("thread", "config")),
          Map.entry("security", Set.of("protocol", "remoting", "config")),
          Map.entry("client", Set.of("protocol", "remoting", "config", "metrics", "thread")),
          Map.entry("namesrv", Set.of("protocol", "remoting", "config", "thread")),
          Map.entry(
              "broker", Set.of("protocol", "remoting", "store", "config", "metrics", "thread")),
          Map.entry("replication", Set.of("protocol", "remoting", "store", "config", "thread")),
          Map.entry("controller", Set.of("protocol", "remoting", "raft", "config", "thread")),
          Map.entry(
              "gateway", Set.of("client", "protocol", "config", "metrics", "security", "thread")),
          Map.entry("console", Set.of("thread")),
          Map.entry("cli", Set.of("client", "protocol", "config", "metrics", "thread")),
          Map.entry("app", Set.of(ALL)));

  /** Nothing that came over a wire may start a program or make objects of a class it names. */
  private static final Set<String> FORBIDDEN =
      Set.of(
          "java.lang.ProcessBuilder",
          "java.lang.ProcessImpl",
          "java.io.ObjectInputStream",
          "java.beans.XMLDecoder",
          "javax.script.ScriptEngineManager");

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.apogeemq");

  @Test
  void everyRoomUsesOnlyTheRoomsBelowIt() {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass from : OURS) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (to.getPackageName().startsWith("io.apogeemq") && !mayUse(from, to)) {
          wrong.add(from.getName() + " → " + to.getName());
        }
      }
    }
    assertThat(wrong).as("imports against the direction of the rooms").isEmpty();
  }

  @Test
  void everyRoomIsInTheTable() {
    Set<String> rooms = new TreeSet<>();
    OURS.forEach(each -> rooms.add(room(each)));
    assertThat(MAY_USE.keySet()).containsAll(rooms);
  }

  @Test
  void noClassStartsProgramsOrReadsSerializedObjects() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass from : OURS) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        if (FORBIDDEN.contains(dependency.getTargetClass().getName())) {
          wrong.add(dependency.getDescription());
        }
      }
      from.getMethodCallsFromSelf().stream()
          .filter(call -> call.getTargetOwner().isEquivalentTo(Runtime.class))
          .filter(call -> call.getName().equals("exec"))
          .forEach(call -> wrong.add(call.getDescription()));
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean mayUse(JavaClass from, JavaClass to) {
    String room = room(from);
    Set<String> allowed = MAY_USE.getOrDefault(room, Set.of());
    String target = to.getPackageName().substring(ROOT.length());
    return room(to).equals(room)
        || allowed.contains(ALL)
        || allowed.stream().anyMatch(a -> target.equals(a) || target.startsWith(a + "."));
  }

  /** The package under the root that a class lies in: {@code broker} for {@code io.apogeemq.broker.pull}. */
  private static String room(JavaClass each) {
    String below = each.getPackageName().substring(ROOT.length());
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }
}
