package io.dendra.sweep.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of attributes: JSON as Python writes it, in which NaN and Infinity are words. */
final class StoredJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int DEPTH = 200;

  private StoredJson() {}

  /**
   * A copy in the form in which it is read again: whole numbers as {@code Long}, others as {@code
   * Double}.
   *
   * @throws IllegalArgumentException when it is no value of JSON
   */
  static Object normal(Object value) {
    return normal(value, 0);
  }

  private static Object normal(Object value, int depth) {
    if (depth > DEPTH) {
      throw new IllegalArgumentException(
          "an attribute has at most " + DEPTH + " levels of lists and maps");
    }
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Double) {
      return value;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Float number) {
      return number.doubleValue();
    }
    if (value instanceof BigInteger number) {
      return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }
    if (value instanceof Collection<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(element -> copy.add(normal(element, depth + 1)));
      return Collections.unmodifiableList(copy);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, element) -> copy.put(key(key), normal(element, depth + 1)));
      return Collections.unmodifiableMap(copy);
    }
    throw new IllegalArgumentException(
        "an attribute is a value of JSON: a string, a number, true, false, null, or a list or map"
            + " of such; given a "
            + value.getClass().getName());
  }

  private static String key(Object key) {
    if (key instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(
        "the keys of a map in an attribute are strings, given " + key);
  }

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(normal(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("an attribute cannot be written as JSON", e);
    }
  }

  /**
   * The value of a text.
   *
   * @param what it is, for the message
   */
  static Object read(String text, String what) {
    if (text == null) {
      return null;
    }
    try {
      return normal(MAPPER.readValue(text, Object.class));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new StorageException(what + " is not JSON that can be read", e);
    }
  }
}
