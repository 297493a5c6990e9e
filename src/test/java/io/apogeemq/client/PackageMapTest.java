package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The map of this large package, its package-info, has every class, and no other. */
class PackageMapTest {
  private static final Path ROOM = Path.of("src/main/java/io/apogeemq/client");

  @Test
  void everyClassIsOnTheMap() throws IOException {
    Set<String> onMap = new TreeSet<>();
    Matcher name =
        Pattern.compile("\\{@(?:code|link)[\\s*]+(?:[a-z.]+\\.)?([A-Z]\\w+)}")
            .matcher(Files.readString(ROOM.resolve("package-info.java")));
    while (name.find()) {
      onMap.add(name.group(1));
    }
    try (Stream<Path> files = Files.list(ROOM)) {
      assertThat(onMap)
          .isEqualTo(
              files
                  .map(each -> each.getFileName().toString().replace(".java", ""))
                  .filter(each -> !each.equals("package-info"))
                  .collect(Collectors.toCollection(TreeSet::new)));
    }
  }
}
