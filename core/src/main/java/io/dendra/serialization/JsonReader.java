package io.dendra.serialization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One pass over one text. */
final class JsonReader {
  private static final String END = "the end of the text";

  private final String text;
  private int place;
  private int depth;

  JsonReader(String text) {
    this.text = text;
  }

  Object read() {
    Object value = value();
    skipSpace();
    if (place < text.length()) {
      throw expected("nothing more");
    }
    return value;
  }

  private Object value() {
    skipSpace();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw expected("a value");
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    enter();
    skipSpace();
    if (!took('}')) {
      do {
        skipSpace();
        int start = place;
        if (peek() != '"') {
          throw expected("a name in quotation marks");
        }
        String name = string();
        if (members.containsKey(name)) {
          place = start;
          throw error("the name '" + name + "' comes twice in one object");
        }
        skipSpace();
        if (!took(':')) {
          throw expected("':' after the name '" + name + "'");
        }
        members.put(name, value());
        skipSpace();
      } while (took(','));
      if (!took('}')) {
        throw expected("',' or '}'");
      }
    }
    depth--;
    return members;
  }

  private List<Object> array() {
    List<Object> elements = new ArrayList<>();
    enter();
    skipSpace();
    if (!took(']')) {
      do {
        elements.add(value());
        skipSpace();
      } while (took(','));
      if (!took(']')) {
        throw expected("',' or ']'");
      }
    }
    depth--;
    return elements;
  }

  private void enter() {
    if (++depth > Json.MOST_DEPTH) {
      throw error("arrays and objects lie deeper in each other than " + Json.MOST_DEPTH);
    }
    place++;
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, place)) {
      throw expected("a value");
    }
    place += word.length();
    return value;
  }

  private Object number() {
    int start = place;
    took('-');
    if (!took('0')) {
      digits();
    }
    boolean whole = true;
    if (took('.')) {
      whole = false;
      digits();
    }
    if (took('e') || took('E')) {
      whole = false;
      if (!took('+')) {
        took('-');
      }
      digits();
    }
    String number = text.substring(start, place);
    // As a long, -0 would lose its sign; a whole number beyond 64 bits keeps its size as a double.
    if (whole && number.length() <= 20 && !number.equals("-0")) {
      try {
        return Long.valueOf(number);
      } catch (NumberFormatException e) {
        return Double.valueOf(number);
      }
    }
    double value = Double.parseDouble(number);
    if (Double.isInfinite(value)) {
      place = start;
      throw error("the number is larger than a double can be");
    }
    return value;
  }

  private void digits() {
    if (!isDigit(peek())) {
      throw expected("a digit");
    }
    while (isDigit(peek())) {
      place++;
    }
  }

  private static boolean isDigit(int symbol) {
    return symbol >= '0' && symbol <= '9';
  }

  private String string() {
    place++;
    int start = place;
    StringBuilder unescaped = null;
    while (peek() != '"') {
      int symbol = peek();
      if (symbol < 0) {
        throw expected("the '\"' that ends a text");
      }
      if (symbol < 0x20) {
        throw error("a control character in a text has to be written as an escape");
      }
      if (symbol == '\\') {
        if (unescaped == null) {
          unescaped = new StringBuilder(text.substring(start, place));
        }
        unescaped.append(escape());
      } else {
        if (unescaped != null) {
          unescaped.append((char) symbol);
        }
        place++;
      }
    }
    String result = unescaped == null ? text.substring(start, place) : unescaped.toString();
    place++;
    return result;
  }

  private char escape() {
    place++;
    int symbol = peek();
    place++;
    return switch (symbol) {
      case '"', '\\', '/' -> (char) symbol;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> {
        place--;
        throw expected("one of \" \\ / b f n r t u after a backslash");
      }
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = peek() < 128 ? Character.digit(peek(), 16) : -1;
      if (digit < 0) {
        throw expected("four hexadecimal digits after \\u");
      }
      code = code * 16 + digit;
      place++;
    }
    return (char) code;
  }

  private void skipSpace() {
    while (place < text.length() && " \t\n\r".indexOf(text.charAt(place)) >= 0) {
      place++;
    }
  }

  private boolean took(char symbol) {
    if (peek() != symbol) {
      return false;
    }
    place++;
    return true;
  }

  /** The next character, -1 at the end. */
  private int peek() {
    return place < text.length() ? text.charAt(place) : -1;
  }

  private JsonException expected(String what) {
    int symbol = peek();
    String found =
        symbol < 0
            ? END
            : symbol > 0x20 && symbol < 0x7F
                ? "'" + (char) symbol + "'"
                : "the character " + symbol;
    return error("expected " + what + ", found " + found);
  }

  private JsonException error(String what) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < place; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new JsonException("line " + line + ", column " + (place - lineStart + 1) + ": " + what);
  }
}
