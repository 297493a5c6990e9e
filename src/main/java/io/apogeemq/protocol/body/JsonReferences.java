package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replaces references by what they name. A 4.9.x peer writes {@code {"$ref":"$.a[0].b"}} for an object
 * that it has already written in the same document.
 *
 * <p>Paths start at the root {@code $}; {@code .name} is a member (a backslash before a character
 * takes it as it is), {@code [n]} an item. {@code @}, {@code ..} and {@code $} alone name an enclosing
 * object; a body that contains itself has no meaning here and is refused. So is a document that
 * grows beyond the bounds of {@link JsonReader} when its references are followed.
 */
final class JsonReferences {
  /** The only member of a reference. */
  static final String MARK = "$ref";

  private final Json root;
  private final BodyMemory memory;
  private final List<String> open = new ArrayList<>();
  private int values;
  private int depth;

  JsonReferences(Json root, BodyMemory memory) {
    this.root = root;
    this.memory = memory;
  }

  Json resolved() {
    return resolve(root);
  }

  private Json resolve(Json value) {
    if (++values > JsonReader.MAX_VALUES) {
      throw new MalformedRequest(
          "a JSON body has more than " + JsonReader.MAX_VALUES + " values behind its references");
    }
    if (value instanceof Json.Obj object) {
      String path = pathOf(object);
      return path == null ? members(object) : target(path);
    }
    return value instanceof Json.Arr array ? items(array) : value;
  }

  private static @Nullable String pathOf(Json.Obj object) {
    boolean reference = object.members().size() == 1 && object.get(MARK) instanceof Json.Text;
    return reference && object.get(MARK) instanceof Json.Text path ? path.value() : null;
  }

  private Json members(Json.Obj object) {
    enter();
    memory.charge(
        BodyMemory.OBJECT_BYTES + (long) BodyMemory.MEMBER_BYTES * object.members().size());
    Map<String, Json> members = new LinkedHashMap<>();
    object.members().forEach((name, value) -> members.put(name, resolve(value)));
    depth--;
    return new Json.Obj(Collections.unmodifiableMap(members));
  }

  private Json items(Json.Arr array) {
    enter();
    memory.charge(BodyMemory.ARRAY_BYTES + (long) BodyMemory.ITEM_BYTES * array.items().size());
    List<Json> items = new ArrayList<>(array.items().size());
    array.items().forEach(value -> items.add(resolve(value)));
    depth--;
    return new Json.Arr(Collections.unmodifiableList(items));
  }

  private void enter() {
    if (++depth > JsonReader.MAX_DEPTH) {
      throw new MalformedRequest(
          "a JSON body is nested deeper than " + JsonReader.MAX_DEPTH + " behind its references");
    }
  }

  private Json target(String path) {
    if (open.contains(path) || open.size() == JsonReader.MAX_DEPTH) {
      throw new MalformedRequest("reference " + shown(path) + " of a JSON body leads to itself");
    }
    Json found = find(path);
    open.add(path);
    Json resolved = resolve(found);
    open.remove(open.size() - 1);
    return resolved;
  }

  private Json find(String path) {
    if (path.length() < 2 || path.charAt(0) != '$') {
      throw new MalformedRequest(
          "reference " + shown(path) + " of a JSON body names an enclosing object");
    }
    Json found = root;
    int at = 1;
    while (at < path.length()) {
      char step = path.charAt(at++);
      if (step == '[') {
        int end = path.indexOf(']', at);
        if (end < 0) {
          throw lost(path);
        }
        found = item(found, path, path.substring(at, end));
        at = end + 1;
      } else if (step == '.') {
        StringBuilder name = new StringBuilder();
        while (at < path.length() && path.charAt(at) != '.' && path.charAt(at) != '[') {
          if (path.charAt(at) == '\\' && at + 1 < path.length()) {
            at++;
          }
          name.append(path.charAt(at++));
        }
        Json member = found instanceof Json.Obj object ? object.get(name.toString()) : null;
        if (member == null) {
          throw lost(path);
        }
        found = member;
      } else {
        throw lost(path);
      }
    }
    return found;
  }

  private static Json item(Json from, String path, String index) {
    if (from instanceof Json.Arr array && index.matches("[0-9]{1,9}")) {
      int i = Integer.parseInt(index);
      if (i < array.items().size()) {
        return array.items().get(i);
      }
    }
    throw lost(path);
  }

  private static MalformedRequest lost(String path) {
    return new MalformedRequest("reference " + shown(path) + " of a JSON body leads nowhere");
  }

  private static String shown(String path) {
    return "'" + JsonReader.shortened(path) + "'";
  }
}
