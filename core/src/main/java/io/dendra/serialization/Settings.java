package io.dendra.serialization;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Settings read from a file, checked as they are asked for. */
public final class Settings {
  private final String owner;
  private final Map<String, Object> values;

  /** The settings of something that error messages name. */
  public Settings(String owner, Map<String, Object> values) {
    this.owner = owner;
    this.values = values;
  }

  /** Whether there is a value that is not null. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** A value as it was read, or null. */
  public Object get(String name) {
    return values.get(name);
  }

  /** A whole number. */
  public int getInt(String name) {
    long number = getLong(name);
    if (number != (int) number) {
      throw wrong(name, "a whole number of at most " + Integer.MAX_VALUE);
    }
    return (int) number;
  }

  /** A whole number. */
  public long getLong(String name) {
    Number number = require(name, Number.class, "a whole number");
    if (number.doubleValue() != Math.rint(number.doubleValue())) {
      throw wrong(name, "a whole number");
    }
    return number.longValue();
  }

  /** A number. */
  public double getDouble(String name) {
    return require(name, Number.class, "a number").doubleValue();
  }

  /** A number, or the given one when it is missing. */
  public double getDouble(String name, double otherwise) {
    return has(name) ? getDouble(name) : otherwise;
  }

  /** True or false. */
  public boolean getBoolean(String name) {
    return require(name, Boolean.class, "true or false");
  }

  /** A text. */
  public String getString(String name) {
    return require(name, String.class, "a text");
  }

  /** Whole numbers. */
  public int[] getInts(String name) {
    List<?> list = require(name, List.class, "a list of whole numbers");
    int[] numbers = new int[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(list.get(i) instanceof Number number) || number.doubleValue() != number.intValue()) {
        throw wrong(name, "a list of whole numbers");
      }
      numbers[i] = number.intValue();
    }
    return numbers;
  }

  /** The elements of a list. */
  public List<Object> getList(String name) {
    List<?> list = require(name, List.class, "a list");
    return new ArrayList<>(list);
  }

  private <T> T require(String name, Class<T> type, String what) {
    Object value = values.get(name);
    if (!type.isInstance(value)) {
      throw wrong(name, what);
    }
    return type.cast(value);
  }

  private IllegalArgumentException wrong(String name, String what) {
    Object value = values.get(name);
    return new IllegalArgumentException(
        owner
            + ": setting '"
            + name
            + "' has to be "
            + what
            + (value == null ? ", it is missing" : ", it is " + value));
  }
}
