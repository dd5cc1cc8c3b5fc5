package io.dendra.sweep.distributions;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One of several choices, in no order.
 *
 * @param choices at least one; strings, numbers, truth values or null, so that a database can hold
 *     them
 */
public record CategoricalDistribution(List<Object> choices) implements Distribution {
  /**
   * Checks the choices.
   *
   * @throws IllegalArgumentException when there is none, one appears twice, or one is of a kind
   *     that cannot be stored
   */
  public CategoricalDistribution {
    List<Object> kept = new ArrayList<>();
    for (Object choice : choices) {
      Object value = normal(choice);
      if (kept.contains(value)) {
        throw new IllegalArgumentException("choice " + choice + " appears twice in " + choices);
      }
      kept.add(value);
    }
    if (kept.isEmpty()) {
      throw new IllegalArgumentException("at least one choice is needed");
    }
    choices = Collections.unmodifiableList(kept);
  }

  /** Whole numbers as {@code Long}, others as {@code Double}: as a database gives them back. */
  private static Object normal(Object choice) {
    if (choice instanceof Integer || choice instanceof Short || choice instanceof Byte) {
      return ((Number) choice).longValue();
    }
    if (choice instanceof Float number) {
      return number.doubleValue();
    }
    if (choice == null
        || choice instanceof String
        || choice instanceof Boolean
        || choice instanceof Long
        || choice instanceof Double) {
      return choice;
    }
    throw new IllegalArgumentException(
        "a choice is a string, a number, true, false or null, given a "
            + choice.getClass().getName()
            + ": suggest its name and look it up");
  }

  @Override
  public Object decode(double internal) {
    return choices.get((int) internal);
  }

  @Override
  public double encode(Object value) {
    int index = choices.indexOf(normal(value));
    if (index < 0) {
      throw new IllegalArgumentException(value + " is not one of " + choices);
    }
    return index;
  }

  @Override
  public boolean contains(double internal) {
    return internal >= 0 && internal < choices.size() && internal == Math.rint(internal);
  }

  @Override
  public boolean isSingle() {
    return choices.size() == 1;
  }

  /** Others would change what the stored indices mean. */
  @Override
  public boolean isCompatibleWith(Distribution other) {
    return equals(other);
  }
}
