package io.apogeemq.store.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.store.io.FileDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  @TempDir Path folder;

  @Test
  void whatWasSavedLastIsLoadedAndTheOneBeforeIsTheBackup() throws IOException {
    file().save("1");
    file().save("2");

    assertThat(load()).isEqualTo(2);
    assertThat(folder.resolve("config/table.json.bak")).hasContent("1");
  }

  @Test
  void aDamagedFileIsReplacedByItsBackup() throws IOException {
    file().save("1");
    file().save("2");
    Files.writeString(folder.resolve("config/table.json"), "{");

    assertThat(load()).isEqualTo(1);
  }

  @Test
  void aMissingTableIsNull() throws IOException {
    assertThat(load()).isNull();
  }

  @Test
  void aDamagedTableWithoutBackupIsNotTakenForAnEmptyOne() throws IOException {
    file().save("{");

    assertThatThrownBy(() -> file().load(Integer::valueOf))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("table.json");
  }

  private @Nullable Integer load() throws IOException {
    return file().load(Integer::valueOf);
  }

  private StateFile file() {
    return new StateFile(new FileDisk(), folder.resolve("config/table.json"));
  }
}
