package io.apogeemq.gateway.figures;

import io.apogeemq.client.Admin;
import io.apogeemq.gateway.figures.Warning.Kind;
import io.apogeemq.gateway.figures.Warning.Level;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.protocol.Names;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Topics that some masters of a cluster have and others have not: their messages are not spread over all
 * brokers, usually because somebody created them on one. Nobody is asked where there is one master only.
 */
final class TopicPlaces {
  private static final int MAX_TOLD = 20;

  private TopicPlaces() {}

  static Future<List<Warning>> check(Admin admin, List<BrokerFigures> brokers) {
    Map<String, List<BrokerFigures>> clusters = new TreeMap<>();
    for (BrokerFigures each : brokers) {
      if (each.isMaster() && each.failure() == null) {
        clusters.computeIfAbsent(each.cluster(), name -> new ArrayList<>()).add(each);
      }
    }
    List<Future<List<Warning>>> all = new ArrayList<>();
    for (List<BrokerFigures> masters : clusters.values()) {
      if (masters.size() > 1) {
        all.add(ofCluster(admin, masters));
      }
    }
    return Future.all(all)
        .map(done -> all.stream().flatMap(each -> each.result().stream()).toList());
  }

  /** Instead of what {@link #check} would have found, had it not failed. */
  static Warning notCompared(Throwable failure) {
    String reason = Problem.of(failure).getMessage();
    return Warning.of(
            Kind.TOPICS_NOT_COMPARED,
            Level.INFO,
            "Whether all brokers have the same topics is not known: " + reason,
            "See that the brokers answer, and that the account may list their topics.")
        .with("reason", reason);
  }

  private static Future<List<Warning>> ofCluster(Admin admin, List<BrokerFigures> masters) {
    List<Future<? extends Map<String, ?>>> answers = new ArrayList<>();
    masters.forEach(each -> answers.add(admin.topicConfigs(each.address())));
    return Future.all(answers)
        .map(
            done -> {
              Map<String, Set<String>> places = new TreeMap<>();
              Set<String> brokers = new TreeSet<>();
              for (int i = 0; i < masters.size(); i++) {
                String broker = masters.get(i).name();
                brokers.add(broker);
                for (String topic : answers.get(i).result().keySet()) {
                  places.computeIfAbsent(topic, name -> new TreeSet<>()).add(broker);
                }
              }
              return lacking(places, brokers);
            });
  }

  /** Topics that bear a broker's name, and those of groups and of the system, are where they are by intent. */
  private static List<Warning> lacking(Map<String, Set<String>> places, Set<String> brokers) {
    List<Warning> all = new ArrayList<>();
    places.forEach(
        (topic, on) -> {
          boolean ofUsers =
              !topic.startsWith(Names.RETRY)
                  && !topic.startsWith(Names.DLQ)
                  && !topic.startsWith(Names.SYSTEM_PREFIX)
                  && !brokers.contains(topic);
          if (ofUsers && on.size() < brokers.size() && all.size() < MAX_TOLD) {
            Set<String> missing = new TreeSet<>(brokers);
            missing.removeAll(on);
            all.add(
                Warning.of(
                        Kind.TOPIC_ON_SOME_BROKERS,
                        Level.WARNING,
                        "Topic " + topic + " is on " + on + " and not on " + missing + ".",
                        "Create it on all: PUT /v1/topics/" + topic + ".")
                    .with("topic", topic)
                    .with("on", String.join(", ", on))
                    .with("missing", String.join(", ", missing)));
          }
        });
    return all;
  }
}
