package io.dendra.serialization;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes JSON (RFC 8259), strictly: no comments, no trailing commas, no NaN, no name
 * twice in one object.
 *
 * <p>Objects are {@code Map<String, Object>} in the order of the text, arrays {@code List<Object>},
 * whole numbers {@code Long}, other numbers {@code Double}, and there are {@code String}, {@code
 * Boolean} and null.
 *
 * <pre>{@code
 * Object value = Json.read("{\"epochs\": 6, \"loss\": [0.5, 0.25]}");
 * String text = Json.write(Map.of("accuracy", 0.97));
 * }</pre>
 */
public final class Json {
  /** How deep arrays and objects may lie in each other. */
  static final int MOST_DEPTH = 256;

  private Json() {}

  /**
   * The value of a text.
   *
   * @throws JsonException with line and column when it is not JSON
   */
  public static Object read(String text) {
    return new JsonReader(text).read();
  }

  /**
   * The value of a text in UTF-8.
   *
   * @throws JsonException with line and column when it is not JSON, or when it is not UTF-8
   */
  public static Object read(byte[] utf8) {
    try {
      return read(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException e) {
      throw new JsonException("the text is not UTF-8: " + e.getMessage());
    }
  }

  /**
   * The text of a value, in one line. Beside what {@link #read} gives, all whole numbers of Java,
   * floats, collections and arrays of numbers can be written.
   *
   * @throws JsonException when a value has no form in JSON, such as NaN, naming its place
   */
  public static String write(Object value) {
    return new JsonWriter(false).write(value);
  }

  /**
   * The text of a value, in lines that people can read.
   *
   * @throws JsonException when a value has no form in JSON, such as NaN, naming its place
   */
  public static String pretty(Object value) {
    return new JsonWriter(true).write(value);
  }
}
