package io.apogeemq.broker.filter.sql;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** {@code IN} and {@code NOT IN}: a property and a list of texts. */
final class InList implements Condition {
  /** So many texts are compared one after the other, which makes no text of the value. */
  private static final int FEW = 8;

  private final Property property;
  private final boolean not;
  private final Set<String> texts;
  private final byte[][] few;

  InList(Property property, List<String> texts, boolean not) {
    this.property = property;
    this.not = not;
    this.texts = Set.copyOf(texts);
    this.few =
        this.texts.size() > FEW
            ? new byte[0][]
            : this.texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
  }

  @Override
  public Truth test(PropertyValues message) {
    message.step(1);
    if (message.isMissing(property.slot())) {
      return Truth.UNKNOWN;
    }
    return Truth.of(isListed(message) != not);
  }

  private boolean isListed(PropertyValues message) {
    if (few.length == 0) {
      String value = message.text(property.slot());
      return value != null && texts.contains(value);
    }
    for (byte[] text : few) {
      if (message.equals(property.slot(), text)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return property + (not ? " NOT IN " : " IN ") + texts;
  }
}
