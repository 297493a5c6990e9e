package io.apogeemq.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.ValueType;
import io.apogeemq.config.Values;
import io.apogeemq.protocol.Names;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules for names agree with each other, wherever they stand. */
class NameRulesTest {
  @Test
  void aNameThatABrokerMayBeGivenIsOneThatNameServersAccept() {
    List<String> names =
        new ArrayList<>(
            List.of("", "host.example.org", "n".repeat(127), "n".repeat(128), "\u00e4"));
    for (char c = 0; c < 256; c++) {
      names.add("a" + c);
    }
    for (String name : names) {
      assertThat(configured(name)).as(name).isEqualTo(Names.flawOfBroker(name) == null);
      assertThat(configured(name)).as(name).isEqualTo(Names.flawOfCluster(name) == null);
    }
  }

  private static boolean configured(String name) {
    try {
      return name.equals(Values.name().parse(name));
    } catch (ValueType.BadValue refused) {
      return false;
    }
  }

  @Test
  void everyGroupsRetryAndDeadLetterTopicsFit() {
    String longest = "g".repeat(Names.MAX_GROUP_CHARS);
    assertThat(Names.flawOfGroup(longest)).isNull();
    assertThat(Names.flawOfTopic(Names.retryTopic(longest))).isNull();
    assertThat(Names.flawOfTopic(Names.dlqTopic(longest))).isNull();
    assertThat(Names.flawOfGroup(longest + "g"))
        .isEqualTo(
            "The specified group is longer than group max length 120: it has 121 characters."
                + " Choose a shorter name.");
    assertThat(Names.flawOfTopic(Names.retryTopic(longest + "g"))).contains("max length 127");
  }

  @Test
  void onlyNameServersKnowPopRetryTopics() {
    String pop = Names.RETRY + "g".repeat(120) + "+" + "t".repeat(127);
    assertThat(Names.flawOfRegisteredTopic(pop)).isNull();
    assertThat(Names.flawOfRegisteredTopic(pop + "t")).contains("max length 255");
    assertThat(Names.flawOfTopic("%RETRY%g+t")).contains("illegal characters");
    assertThat(Names.flawOfRegisteredTopic("t+t")).contains("illegal characters");
  }
}
