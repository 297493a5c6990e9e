package io.apogeemq.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

  @Test
  void anEntryKnowsItsLineAndLosesTheBlanksAroundTheEqualsSign() throws Exception {
    ConfigFile file =
        ConfigFile.parse(
            "b.conf", "# a comment\n\nbrokerClusterName = RaftCluster\r\n  listenPort=30911\n");

    assertThat(file.entries())
        .containsExactly(
            new ConfigFile.Entry(3, "brokerClusterName", "RaftCluster"),
            new ConfigFile.Entry(4, "listenPort", "30911"));
  }

  @Test
  void aValueMayGoOnInTheNextLine() throws Exception {
    assertThat(ConfigFile.parse("b.conf", "namesrvAddr=a:1;\\\n   b:2\nbrokerId=0").entries())
        .containsExactly(
            new ConfigFile.Entry(1, "namesrvAddr", "a:1;b:2"),
            new ConfigFile.Entry(3, "brokerId", "0"));
  }

  @Test
  void lettersOutsideOfAsciiAreReadAsUtf8(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("b.conf");
    Files.writeString(file, "\uFEFFstorePathRootDir=/tmp/Größe 大\n", StandardCharsets.UTF_8);

    assertThat(ConfigFile.read(file).entries())
        .containsExactly(new ConfigFile.Entry(1, "storePathRootDir", "/tmp/Größe 大"));
  }

  @Test
  void controlCharactersAreRefusedWithTheirLines() {
    assertThatThrownBy(
            () ->
                ConfigFile.parse(
                    "b.conf", "brokerName=a\\nlistenPort\nx=1\nstorePathRootDir=C:\\temp\\u0000"))
        .isInstanceOfSatisfying(
            ConfigRejected.class,
            e ->
                assertThat(e.problems())
                    .extracting(Problem::where)
                    .containsExactly("b.conf:1", "b.conf:3"));
  }

  @Test
  void aMissingFileAndAFileThatIsNotUtf8AreToldByName(@TempDir Path folder) throws IOException {
    Path latin = folder.resolve("latin.conf");
    Files.write(latin, "brokerName=größe".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> ConfigFile.read(folder.resolve("no.conf")))
        .isInstanceOf(ConfigRejected.class)
        .hasMessageContaining("no.conf: the file does not exist");
    assertThatThrownBy(() -> ConfigFile.read(latin))
        .isInstanceOf(ConfigRejected.class)
        .hasMessageContaining("latin.conf: the file is not UTF-8");
  }

  /** The JDK's own reader is the definition; only refused files may differ. */
  @Property(tries = 5000)
  void everyAcceptedTextMeansWhatPropertiesMakeOfIt(@ForAll("texts") String text)
      throws IOException {
    Map<String, String> ours = new LinkedHashMap<>();
    try {
      for (ConfigFile.Entry entry : ConfigFile.parse("t", text).entries()) {
        ours.put(entry.key(), entry.value());
      }
    } catch (ConfigRejected refused) {
      return;
    }
    Properties theirs = new Properties();
    theirs.load(new StringReader(text));
    if ("".equals(theirs.get(""))) {
      theirs.remove(
          ""); // what the JDK makes of a line with nothing but a backslash depends on its end
      ours.remove("");
    }

    assertThat(ours).isEqualTo(theirs);
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "key", "a", "=", ":", " ", "  ", "\t", "\n", "\r\n", "\r", "#", "!", "\\", "\\\\",
            "\\u0041", "\\=", "\\:", "\\ ", "value", "ä", "大", "\f", "1");
    return pieces.list().ofMaxSize(24).map(list -> String.join("", list));
  }
}
