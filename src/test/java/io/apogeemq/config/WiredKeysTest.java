package io.apogeemq.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WiredKeysTest {

  /** docs/CONFIG.md must not promise an effect that no code has. */
  @Test
  void everyKeyThatIsSaidToWorkIsReadOutsideOfThisRoom() throws IllegalAccessException {
    JavaClasses ours =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.apogeemq");
    Set<String> read =
        ours.stream()
            .filter(each -> !each.getPackageName().equals("io.apogeemq.config"))
            .flatMap(each -> each.getFieldAccessesFromSelf().stream())
            .map(JavaFieldAccess::getTarget)
            .map(field -> field.getOwner().getSimpleName() + "." + field.getName())
            .collect(Collectors.toSet());
    Set<String> unread = new TreeSet<>();
    for (Class<?> table :
        List.of(BrokerKeys.class, NamesrvKeys.class, TlsKeys.class, GatewayKeys.class)) {
      for (Field field : table.getFields()) {
        if (Modifier.isStatic(field.getModifiers())
            && field.get(null) instanceof Key<?> key
            && key.standing() instanceof Standing.Works<?>
            && !read.contains(table.getSimpleName() + "." + field.getName())) {
          unread.add(table.getSimpleName() + "." + field.getName());
        }
      }
    }
    assertThat(unread).isEmpty();
  }
}
