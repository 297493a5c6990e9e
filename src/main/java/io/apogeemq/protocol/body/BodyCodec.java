package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a JSON document into a record and back. The record is the schema: component names are member
 * names, written in alphabetical order as the original does.
 *
 * <p>Components are numbers, booleans, {@code String}, enums, other records, {@link Json} (as it came),
 * and lists, sets and maps of these; names of a map are text, integers, or records. An absent member, or
 * one that is {@code null}, is: null if marked {@link Nullable}; else the value of {@link OrElse}; else 0,
 * false or an empty collection; else a {@link MalformedRequest} that names it. Null components are not
 * written. Unknown members are skipped. Enums come by name or ordinal, and an unknown one is null: so says
 * the original's decoder. Collections are immutable and keep the document's order.
 *
 * <p>Immutable. A codec is built by reflection on first use and kept for the life of the class.
 */
final class BodyCodec<T extends Record> {
  private static final ClassValue<BodyCodec<?>> ALL =
      new ClassValue<>() {
        @Override
        protected BodyCodec<?> computeValue(Class<?> type) {
          return new BodyCodec<>(type.asSubclass(Record.class));
        }
      };

  /** How one type of value is read and written. */
  private interface Shape {
    /** The value, or null for an unknown enum constant. {@code where} names the place for errors. */
    @Nullable Object read(Json json, String where);

    void write(Object value, JsonWriter out);

    /** What an absent value is, or null if it has to be there. */
    default @Nullable Object whenAbsent() {
      return null;
    }
  }

  /** How one type of member name is read and written. */
  private interface NameShape {
    Object read(String name, String where);

    void write(Object name, JsonWriter out);
  }

  private record Field(
      String name,
      String where,
      int position,
      Shape shape,
      boolean optional,
      @Nullable Object otherwise,
      Method accessor) {}

  private final Class<T> type;
  private final Field[] byName;
  private final Constructor<T> constructor;

  private BodyCodec(Class<T> type) {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    byName = new Field[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      byName[i] = field(components[i], i);
    }
    Arrays.sort(byName, Comparator.comparing(Field::name));
    try {
      constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type + " has no canonical constructor", e);
    }
  }

  private Field field(RecordComponent component, int position) {
    String where = component.getName() + " of " + type.getSimpleName();
    AnnotatedType annotated = component.getAnnotatedType();
    Shape shape = shape(component.getGenericType(), annotated.getType() + " " + where);
    OrElse orElse = component.getAnnotation(OrElse.class);
    Object otherwise =
        orElse == null ? shape.whenAbsent() : shape.read(new Json.Text(orElse.value()), where);
    component.getAccessor().setAccessible(true);
    return new Field(
        component.getName(),
        where,
        position,
        shape,
        annotated.isAnnotationPresent(Nullable.class),
        otherwise,
        component.getAccessor());
  }

  @SuppressWarnings("unchecked") // the class value maps a class to its own codec
  static <T extends Record> BodyCodec<T> of(Class<T> type) {
    return (BodyCodec<T>) ALL.get(type);
  }

  static String write(Record body, JsonForm form) {
    JsonWriter out = new JsonWriter(form);
    of(body.getClass()).writeTo(body, out);
    return out.text();
  }

  T read(Json json) {
    return read(json, type.getSimpleName());
  }

  private T read(Json json, String where) {
    if (!(json instanceof Json.Obj object)) {
      throw notA("an object", where);
    }
    @Nullable Object[] values = new Object[byName.length];
    for (Field field : byName) {
      Json member = object.get(field.name);
      Object value = member == null ? null : field.shape.read(member, field.where);
      if (value == null && !field.optional) {
        value = field.otherwise;
        if (value == null) {
          throw new MalformedRequest("member " + field.where + " is missing");
        }
      }
      values[field.position] = value;
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof MalformedRequest refused) {
        throw refused;
      }
      throw new IllegalStateException("can't build " + type, e);
    } catch (InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException("can't build " + type, e);
    }
  }

  private void writeTo(Object body, JsonWriter out) {
    out.beginObject();
    for (Field field : byName) {
      Object value;
      try {
        value = field.accessor.invoke(body);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("can't read " + field.where, e);
      }
      if (value != null) {
        out.name(field.name);
        field.shape.write(value, out);
      }
    }
    out.endObject();
  }

  private static MalformedRequest notA(String what, String where) {
    return new MalformedRequest("member " + where + " must be " + what);
  }

  private static Shape shape(Type type, String where) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new ListShape(shape(arguments[0], where));
      }
      if (generic.getRawType() == Set.class) {
        return new SetShape(shape(arguments[0], where));
      }
      if (generic.getRawType() == Map.class) {
        return new MapShape(nameShape(arguments[0], where), shape(arguments[1], where));
      }
    }
    if (type instanceof Class<?> plain) {
      if (Record.class.isAssignableFrom(plain)) {
        return new RecordShape(plain.asSubclass(Record.class));
      }
      if (plain.isEnum()) {
        return new EnumShape(plain.getEnumConstants());
      }
      if (plain == Json.class) {
        return new TreeShape();
      }
      for (Scalar each : Scalar.values()) {
        if (each.primitive == plain || each.boxed == plain) {
          return plain.isPrimitive() ? new PrimitiveShape(each) : each;
        }
      }
    }
    throw new IllegalArgumentException("a body can't hold " + where);
  }

  private static NameShape nameShape(Type type, String where) {
    if (type == String.class) {
      return new TextName();
    }
    if (type == Integer.class) {
      return new IntegerName(Scalar.INT);
    }
    if (type == Long.class) {
      return new IntegerName(Scalar.LONG);
    }
    if (type instanceof Class<?> plain && Record.class.isAssignableFrom(plain)) {
      return new RecordName(plain.asSubclass(Record.class));
    }
    throw new IllegalArgumentException("a body can't hold " + where);
  }

  /** Single values. Numbers and booleans may come as text. */
  private enum Scalar implements Shape {
    INT(int.class, Integer.class, 0),
    LONG(long.class, Long.class, 0L),
    DOUBLE(double.class, Double.class, 0.0),
    BOOLEAN(boolean.class, Boolean.class, false),
    TEXT(String.class, String.class, "");

    private final Class<?> primitive;
    private final Class<?> boxed;
    private final Object zero;

    Scalar(Class<?> primitive, Class<?> boxed, Object zero) {
      this.primitive = primitive;
      this.boxed = boxed;
      this.zero = zero;
    }

    @Override
    public Object read(Json json, String where) {
      if (json instanceof Json.Text text) {
        return read(text.value(), where);
      }
      if (json instanceof Json.Num number && this != BOOLEAN) {
        return read(number.digits(), where);
      }
      if (json instanceof Json.Bool bool && (this == BOOLEAN || this == TEXT)) {
        return read(Boolean.toString(bool.value()), where);
      }
      throw notA(what(), where);
    }

    Object read(String text, String where) {
      try {
        return switch (this) {
          case INT -> Integer.valueOf(text);
          case LONG -> Long.valueOf(text);
          case DOUBLE -> Double.valueOf(text);
          case BOOLEAN -> Boolean.valueOf(text);
          case TEXT -> text;
        };
      } catch (NumberFormatException e) {
        throw new MalformedRequest(
            "member "
                + where
                + " must be "
                + what()
                + ", not '"
                + JsonReader.shortened(text)
                + "'");
      }
    }

    private String what() {
      return switch (this) {
        case INT -> "a whole number of 32 bits";
        case LONG -> "a whole number of 64 bits";
        case DOUBLE -> "a number";
        case BOOLEAN -> "true or false";
        case TEXT -> "text";
      };
    }

    @Override
    public void write(Object value, JsonWriter out) {
      switch (this) {
        case INT -> out.number((int) (Integer) value);
        case LONG -> out.number((long) (Long) value);
        case DOUBLE -> out.number((double) (Double) value);
        case BOOLEAN -> out.bool((Boolean) value);
        case TEXT -> out.text((String) value);
      }
    }
  }

  private record PrimitiveShape(Scalar scalar) implements Shape {
    @Override
    public Object read(Json json, String where) {
      return scalar.read(json, where);
    }

    @Override
    public void write(Object value, JsonWriter out) {
      scalar.write(value, out);
    }

    @Override
    public Object whenAbsent() {
      return scalar.zero;
    }
  }

  private record EnumShape(Object[] constants) implements Shape {
    @Override
    public @Nullable Object read(Json json, String where) {
      for (Object each : constants) {
        Enum<?> constant = (Enum<?>) each;
        if (json instanceof Json.Text text && constant.name().equals(text.value())
            || json instanceof Json.Num number
                && Integer.toString(constant.ordinal()).equals(number.digits())) {
          return constant;
        }
      }
      return null;
    }

    @Override
    public void write(Object value, JsonWriter out) {
      out.text(((Enum<?>) value).name());
    }
  }

  private record TreeShape() implements Shape {
    @Override
    public Object read(Json json, String where) {
      return json;
    }

    @Override
    public void write(Object value, JsonWriter out) {
      out.tree((Json) value);
    }
  }

  private record RecordShape(Class<? extends Record> type) implements Shape {
    @Override
    public Object read(Json json, String where) {
      return of(type).read(json, where);
    }

    @Override
    public void write(Object value, JsonWriter out) {
      of(type).writeTo(value, out);
    }
  }

  private record ListShape(Shape item) implements Shape {
    @Override
    public Object read(Json json, String where) {
      if (!(json instanceof Json.Arr array)) {
        throw notA("an array", where);
      }
      List<@Nullable Object> items = new ArrayList<>(array.items().size());
      for (Json each : array.items()) {
        Object value = each instanceof Json.Null ? null : item.read(each, where);
        if (value != null) {
          items.add(value);
        }
      }
      return Collections.unmodifiableList(items);
    }

    @Override
    public void write(Object value, JsonWriter out) {
      out.beginArray();
      ((Iterable<?>) value).forEach(each -> item.write(each, out));
      out.endArray();
    }

    @Override
    public Object whenAbsent() {
      return List.of();
    }
  }

  private record SetShape(ListShape list) implements Shape {
    SetShape(Shape item) {
      this(new ListShape(item));
    }

    @Override
    public Object read(Json json, String where) {
      return Collections.unmodifiableSet(new LinkedHashSet<>((List<?>) list.read(json, where)));
    }

    @Override
    public void write(Object value, JsonWriter out) {
      list.write(value, out);
    }

    @Override
    public Object whenAbsent() {
      return Set.of();
    }
  }

  private record MapShape(NameShape names, Shape values) implements Shape {
    @Override
    public Object read(Json json, String where) {
      if (!(json instanceof Json.Obj object)) {
        throw notA("an object", where);
      }
      Map<Object, Object> entries = new LinkedHashMap<>();
      for (Map.Entry<String, Json> each : object.members().entrySet()) {
        Json member = each.getValue();
        Object value = member instanceof Json.Null ? null : values.read(member, where);
        if (value != null) {
          entries.put(names.read(each.getKey(), where), value);
        }
      }
      return Collections.unmodifiableMap(entries);
    }

    @Override
    public void write(Object value, JsonWriter out) {
      out.beginObject();
      for (Map.Entry<?, ?> each : ((Map<?, ?>) value).entrySet()) {
        names.write(each.getKey(), out);
        values.write(each.getValue(), out);
      }
      out.endObject();
    }

    @Override
    public Object whenAbsent() {
      return Map.of();
    }
  }

  private record TextName() implements NameShape {
    @Override
    public Object read(String name, String where) {
      return name;
    }

    @Override
    public void write(Object name, JsonWriter out) {
      out.name((String) name);
    }
  }

  private record IntegerName(Scalar scalar) implements NameShape {
    @Override
    public Object read(String name, String where) {
      return scalar.read(name, where);
    }

    @Override
    public void write(Object name, JsonWriter out) {
      out.name(((Number) name).longValue());
    }
  }

  private record RecordName(Class<? extends Record> type) implements NameShape {
    @Override
    public Object read(String name, String where) {
      return of(type).read(Json.parse(name), where);
    }

    @Override
    public void write(Object name, JsonWriter out) {
      of(type).writeTo(name, out);
      out.asName();
    }
  }
}
