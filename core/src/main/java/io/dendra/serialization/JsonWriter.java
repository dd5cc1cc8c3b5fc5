package io.dendra.serialization;

import java.lang.reflect.Array;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Writes one value. */
final class JsonWriter {
  private final StringBuilder out = new StringBuilder();
  private final boolean pretty;

  /** Where the value being written lies: {@code .loss}, {@code [2]}. */
  private final List<String> where = new ArrayList<>();

  JsonWriter(boolean pretty) {
    this.pretty = pretty;
  }

  String write(Object value) {
    append(value);
    return out.toString();
  }

  private void append(Object value) {
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof CharSequence text) {
      quote(text);
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof Map<?, ?> map) {
      object(map);
    } else if (value instanceof Collection<?> elements) {
      array(elements);
    } else if (value.getClass().isArray()) {
      array(elementsOf(value));
    } else {
      throw refused(value, "a " + value.getClass().getName());
    }
  }

  private void number(Number number) {
    if (number instanceof Double || number instanceof Float) {
      if (!Double.isFinite(number.doubleValue())) {
        throw new JsonException(
            "JSON has no " + number + at() + ": write null or a text in its place");
      }
    } else if (!(number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte)) {
      throw refused(number, "a " + number.getClass().getName());
    }
    out.append(number);
  }

  private void object(Map<?, ?> members) {
    if (members.isEmpty()) {
      out.append("{}");
      return;
    }
    out.append('{');
    boolean first = true;
    for (Map.Entry<?, ?> member : members.entrySet()) {
      if (!(member.getKey() instanceof String name)) {
        throw refused(member.getKey(), "as a name");
      }
      if (!first) {
        out.append(',');
      }
      first = false;
      enter("." + name);
      newLine();
      quote(name);
      out.append(pretty ? ": " : ":");
      append(member.getValue());
      leave();
    }
    newLine();
    out.append('}');
  }

  private void array(Collection<?> elements) {
    // Lists of numbers and words stay in one line: shapes, histories, class names.
    boolean lines = elements.stream().anyMatch(JsonWriter::isNested);
    out.append('[');
    int index = 0;
    for (Object element : elements) {
      if (index > 0) {
        out.append(pretty && !lines ? ", " : ",");
      }
      enter("[" + index++ + "]");
      if (lines) {
        newLine();
      }
      append(element);
      leave();
    }
    if (lines) {
      newLine();
    }
    out.append(']');
  }

  private static boolean isNested(Object element) {
    return element instanceof Map
        || element instanceof Collection
        || (element != null && element.getClass().isArray());
  }

  private static List<Object> elementsOf(Object array) {
    return new AbstractList<>() {
      @Override
      public Object get(int index) {
        return Array.get(array, index);
      }

      @Override
      public int size() {
        return Array.getLength(array);
      }
    };
  }

  private void enter(String step) {
    where.add(step);
    if (where.size() > Json.MOST_DEPTH) {
      throw new JsonException(
          "maps and lists lie deeper in each other than " + Json.MOST_DEPTH + ", or in themselves");
    }
  }

  private void leave() {
    where.remove(where.size() - 1);
  }

  private void newLine() {
    if (pretty) {
      out.append('\n').append("  ".repeat(where.size()));
    }
  }

  private void quote(CharSequence text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char symbol = text.charAt(i);
      switch (symbol) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (symbol < 0x20 || symbol == 0x7F || isHalf(text, i)) {
            out.append("\\u").append(java.util.HexFormat.of().toHexDigits(symbol));
          } else {
            out.append(symbol);
          }
        }
      }
    }
    out.append('"');
  }

  /** Whether it is one half of a pair alone, which UTF-8 cannot hold. */
  private static boolean isHalf(CharSequence text, int place) {
    char symbol = text.charAt(place);
    if (Character.isHighSurrogate(symbol)) {
      return place + 1 == text.length() || !Character.isLowSurrogate(text.charAt(place + 1));
    }
    return Character.isLowSurrogate(symbol)
        && (place == 0 || !Character.isHighSurrogate(text.charAt(place - 1)));
  }

  private JsonException refused(Object value, String what) {
    return new JsonException(
        "JSON cannot hold "
            + value
            + " ("
            + what
            + ")"
            + at()
            + ": give text, numbers, booleans, null, and lists and maps of these");
  }

  private String at() {
    return where.isEmpty() ? "" : " at " + String.join("", where).replaceFirst("^\\.", "");
  }
}
