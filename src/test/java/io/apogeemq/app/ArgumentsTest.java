package io.apogeemq.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static final List<Arguments.Flag> FLAGS =
      List.of(Launch.FILE, Launch.NAMESRV, Launch.PRINT);

  @Test
  void aFlagIsFoundUnderItsFirstNameHoweverItWasSpelled() throws Exception {
    Arguments arguments =
        Arguments.read(FLAGS, List.of("--configFile", "a b.conf", "--namesrvAddr=h:1", "-p"));

    assertThat(arguments.value("-c")).isEqualTo("a b.conf");
    assertThat(arguments.value("-n")).isEqualTo("h:1");
    assertThat(arguments.has("-p")).isTrue();
    assertThat(Arguments.read(FLAGS, List.of()).value("-c")).isNull();
  }

  /** It started a node on all interfaces. */
  @Test
  void withoutACommandNothingStartsAndTheCommandsAreTold() throws Exception {
    assertThatThrownBy(Main::command)
        .isInstanceOf(Arguments.Misused.class)
        .hasMessageContaining("usage: apogee COMMAND")
        .hasMessageContaining("server, quickstart, namesrv");
    assertThat(Main.command("--help").name()).isEqualTo("help");
    assertThatThrownBy(() -> Main.command("serve")).hasMessage("unknown command serve");
  }

  @Test
  void whatCannotBeUnderstoodIsRefusedByName() {
    assertThatThrownBy(() -> Arguments.read(FLAGS, List.of("-x")))
        .isInstanceOf(Arguments.Misused.class)
        .hasMessage("unknown argument -x");
    assertThatThrownBy(() -> Arguments.read(FLAGS, List.of("-c")))
        .isInstanceOf(Arguments.Misused.class)
        .hasMessage("-c needs a value: FILE");
    assertThatThrownBy(() -> Arguments.read(FLAGS, List.of("--printConfigItem=yes")))
        .isInstanceOf(Arguments.Misused.class)
        .hasMessage("--printConfigItem takes no value");
  }
}
