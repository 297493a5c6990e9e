package io.apogeemq.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigDocTest {
  private static final Path DOCUMENT = Path.of("docs/CONFIG.md");

  /** With -Dconfig.doc.write=true it writes the document instead of comparing it. */
  @Test
  void theCommittedDocumentIsTheOneThatTheTablesWrite() throws IOException {
    if (Boolean.getBoolean("config.doc.write")) {
      Files.writeString(DOCUMENT, ConfigDoc.markdown());
    }
    assertThat(Files.readString(DOCUMENT))
        .as(
            "docs/CONFIG.md is old; write it anew by"
                + " ./mvnw -q test -Dtest=ConfigDocTest -Dconfig.doc.write=true")
        .isEqualTo(ConfigDoc.markdown());
  }
}
