package io.apogeemq.broker.state;

import io.apogeemq.protocol.body.Json;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.body.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a checkpoint file says that our tables don't know: members that another version wrote. They are
 * kept and written again, so that who moves back finds them. Found by comparing the file with what the
 * table would write right after reading it, so nobody has to keep a list of names. Immutable.
 *
 * <p>What stands inside a topic or a group goes with it: it is written only while that is there.
 *
 * @param here unknown members of this object; nulls don't count
 * @param inside those of the objects in it
 */
record UnknownMembers(Map<String, Json> here, Map<String, UnknownMembers> inside) {
  static final UnknownMembers NONE = new UnknownMembers(Map.of(), Map.of());

  /**
   * What one document has and the other hasn't.
   *
   * @param written the table's form of the document, just after it has read {@code loaded}
   */
  static UnknownMembers of(String loaded, String written) {
    return of(Json.parse(loaded), Json.parse(written));
  }

  private static UnknownMembers of(Json loaded, Json written) {
    if (!(loaded instanceof Json.Obj all) || !(written instanceof Json.Obj known)) {
      return NONE;
    }
    Map<String, Json> here = new LinkedHashMap<>();
    Map<String, UnknownMembers> inside = new LinkedHashMap<>();
    all.members()
        .forEach(
            (name, value) -> {
              Json other = known.get(name);
              if (other != null) {
                UnknownMembers deeper = of(value, other);
                if (!deeper.isEmpty()) {
                  inside.put(name, deeper);
                }
              } else if (!(value instanceof Json.Null)) {
                here.put(name, value);
              }
            });
    return new UnknownMembers(here, inside);
  }

  boolean isEmpty() {
    return here.isEmpty() && inside.isEmpty();
  }

  /** The table's document with the members that it doesn't know. */
  String addedTo(String document) {
    return inside.isEmpty()
        ? appendedTo(document)
        : new JsonWriter(JsonForm.FILE).tree(addedTo(Json.parse(document))).text();
  }

  /** As text: a table of many offsets need not be read for it. */
  private String appendedTo(String document) {
    StringBuilder text =
        new StringBuilder(document.substring(0, document.lastIndexOf('}')).strip());
    here.forEach(
        (name, value) -> {
          text.append(text.charAt(text.length() - 1) == '{' ? "\n\t" : ",\n\t");
          text.append(new Json.Text(name).compact()).append(':').append(value.compact());
        });
    return text.append("\n}").toString();
  }

  private Json addedTo(Json document) {
    if (!(document instanceof Json.Obj object)) {
      return document;
    }
    Map<String, Json> all = new LinkedHashMap<>(object.members());
    here.forEach(all::putIfAbsent);
    inside.forEach((name, deeper) -> all.computeIfPresent(name, (same, is) -> deeper.addedTo(is)));
    return new Json.Obj(all);
  }
}
