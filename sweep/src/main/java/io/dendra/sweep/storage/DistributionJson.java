package io.dendra.sweep.storage;

import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Distributions as Optuna writes them into databases, with the names of its versions before 3. */
final class DistributionJson {
  private DistributionJson() {}

  static String write(Distribution distribution) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    if (distribution instanceof FloatDistribution real) {
      attributes.put("step", real.step() == 0 ? null : real.step());
      attributes.put("low", real.low());
      attributes.put("high", real.high());
      attributes.put("log", real.log());
    } else if (distribution instanceof IntDistribution whole) {
      attributes.put("log", whole.log());
      attributes.put("step", whole.step());
      attributes.put("low", whole.low());
      attributes.put("high", whole.high());
    } else if (distribution instanceof CategoricalDistribution categorical) {
      attributes.put("choices", categorical.choices());
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", distribution.getClass().getSimpleName());
    all.put("attributes", attributes);
    return StoredJson.write(all);
  }

  /**
   * The distribution of a text.
   *
   * @param name of the parameter, for messages
   */
  static Distribution read(String name, String text) {
    String what = "the distribution of parameter '" + name + "'";
    if (!(StoredJson.read(text, what) instanceof Map<?, ?> all)) {
      throw new StorageException(what + " is no JSON object");
    }
    try {
      return all.get("attributes") instanceof Map<?, ?> attributes
          ? named(String.valueOf(all.get("name")), attributes)
          : named(String.valueOf(all.get("type")), all);
    } catch (IllegalArgumentException e) {
      throw new StorageException(what + " cannot be used here: " + e.getMessage(), e);
    }
  }

  private static Distribution named(String kind, Map<?, ?> of) {
    boolean log = Boolean.TRUE.equals(of.get("log"));
    return switch (kind) {
      case "FloatDistribution", "float" -> real(of, log, "step");
      case "UniformDistribution" -> real(of, false, "step");
      case "LogUniformDistribution" -> real(of, true, "step");
      case "DiscreteUniformDistribution" -> real(of, false, "q");
      case "IntDistribution", "int" -> whole(of, log);
      case "IntUniformDistribution" -> whole(of, false);
      case "IntLogUniformDistribution" -> whole(of, true);
      case "CategoricalDistribution", "categorical" -> {
        if (of.get("choices") instanceof List<?> choices) {
          yield new CategoricalDistribution(Collections.unmodifiableList(choices));
        }
        throw new IllegalArgumentException("it has no choices");
      }
      default -> throw new IllegalArgumentException("there is no kind '" + kind + "'");
    };
  }

  private static Distribution real(Map<?, ?> of, boolean log, String stepName) {
    double step = of.get(stepName) instanceof Number number ? number.doubleValue() : 0;
    return new FloatDistribution(
        number(of, "low").doubleValue(), number(of, "high").doubleValue(), log, step);
  }

  private static Distribution whole(Map<?, ?> of, boolean log) {
    long step = !log && of.get("step") instanceof Number number ? number.longValue() : 1;
    return new IntDistribution(
        number(of, "low").longValue(), number(of, "high").longValue(), log, step);
  }

  private static Number number(Map<?, ?> of, String name) {
    if (of.get(name) instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException("it has no number '" + name + "'");
  }
}
