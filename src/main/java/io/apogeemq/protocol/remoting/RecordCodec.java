package io.apogeemq.protocol.remoting;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/**
 * Turns header fields into a record and back. The record is the wire schema: component names are
 * wire names. Components are {@code int}, {@code long}, {@code boolean}, {@code double}, their boxed
 * forms, and {@code String}. A boxed number and a text marked {@link Nullable} may be absent; anything
 * else must be there.
 *
 * <p>Immutable. A codec is built by reflection on first use and kept for the life of the class.
 */
public final class RecordCodec<T extends Record> {
  private static final ClassValue<RecordCodec<?>> ALL =
      new ClassValue<>() {
        @Override
        protected RecordCodec<?> computeValue(Class<?> type) {
          return new RecordCodec<>(type.asSubclass(Record.class));
        }
      };

  private enum Kind {
    INT,
    LONG,
    BOOLEAN,
    DOUBLE,
    TEXT
  }

  private record Field(String name, Kind kind, boolean optional, Method accessor) {}

  private final Field[] fields;
  private final Constructor<T> constructor;

  private RecordCodec(Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    fields = new Field[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        RecordComponent each = components[i];
        types[i] = each.getType();
        boolean optional =
            types[i] == String.class
                ? each.getAnnotatedType().isAnnotationPresent(Nullable.class)
                : !types[i].isPrimitive();
        each.getAccessor().setAccessible(true);
        fields[i] = new Field(each.getName(), kind(types[i]), optional, each.getAccessor());
      }
      constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type + " has no canonical constructor", e);
    }
  }

  private static Kind kind(Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return Kind.INT;
    }
    if (type == long.class || type == Long.class) {
      return Kind.LONG;
    }
    if (type == boolean.class || type == Boolean.class) {
      return Kind.BOOLEAN;
    }
    if (type == double.class || type == Double.class) {
      return Kind.DOUBLE;
    }
    if (type == String.class) {
      return Kind.TEXT;
    }
    throw new IllegalArgumentException("a header field can't be a " + type);
  }

  @SuppressWarnings("unchecked") // the class value maps a class to its own codec
  public static <T extends Record> RecordCodec<T> of(Class<T> type) {
    return (RecordCodec<T>) ALL.get(type);
  }

  /** Writes the present components of a record, in their order. */
  public static void writeTo(Record header, ExtFields out) {
    if (header instanceof WireFields own) {
      own.writeTo(out);
      return;
    }
    for (Field field : ALL.get(header.getClass()).fields) {
      try {
        out.putIfPresent(field.name, field.accessor.invoke(header));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("can't read " + field.name + " of " + header.getClass(), e);
      }
    }
  }

  /**
   * Reads a record.
   *
   * @throws MalformedRequest naming the field that is missing or has no value of its type
   */
  public T read(ExtFields ext) {
    @Nullable Object[] values = new Object[fields.length];
    for (int i = 0; i < fields.length; i++) {
      Field field = fields[i];
      String text = ext.get(field.name);
      if (text == null) {
        if (!field.optional) {
          throw new MalformedRequest("the custom field <" + field.name + "> is null");
        }
        continue;
      }
      values[i] = value(field, text);
    }
    try {
      return constructor.newInstance(values);
    } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("can't build " + constructor.getDeclaringClass(), e);
    }
  }

  private static Object value(Field field, String text) {
    try {
      return switch (field.kind) {
        case INT -> Integer.valueOf(text);
        case LONG -> Long.valueOf(text);
        case BOOLEAN -> Boolean.valueOf(text);
        case DOUBLE -> Double.valueOf(text);
        case TEXT -> text;
      };
    } catch (NumberFormatException e) {
      throw ExtFields.notANumber(field.name, text);
    }
  }
}
