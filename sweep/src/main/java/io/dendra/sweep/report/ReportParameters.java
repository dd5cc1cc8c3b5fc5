package io.dendra.sweep.report;

import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a study, each with the whole range that trials drew it from. */
final class ReportParameters {
  /**
   * Some trials have parameters that others lack, but a page with thousands of axes helps nobody.
   */
  private static final int MOST = 60;

  private final Map<String, Distribution> distributions;

  private ReportParameters(Map<String, Distribution> distributions) {
    this.distributions = distributions;
  }

  static ReportParameters of(List<TrialRecord> trials) {
    Map<String, Distribution> all = new LinkedHashMap<>();
    for (TrialRecord trial : trials) {
      trial
          .parameters()
          .forEach(
              (name, value) -> {
                if (all.size() < MOST || all.containsKey(name)) {
                  all.merge(name, value.distribution(), ReportParameters::widest);
                }
              });
    }
    return new ReportParameters(all);
  }

  /** Bounds may change within a study; kinds may not, but a database may hold anything. */
  private static Distribution widest(Distribution a, Distribution b) {
    if (a instanceof FloatDistribution x && b instanceof FloatDistribution y) {
      boolean log = x.log() && y.log();
      return new FloatDistribution(
          Math.min(x.low(), y.low()), Math.max(x.high(), y.high()), log, 0);
    }
    if (a instanceof IntDistribution x && b instanceof IntDistribution y) {
      boolean log = x.log() && y.log();
      return new IntDistribution(Math.min(x.low(), y.low()), Math.max(x.high(), y.high()), log, 1);
    }
    return a;
  }

  List<Map<String, Object>> described() {
    List<Map<String, Object>> all = new ArrayList<>();
    distributions.forEach((name, distribution) -> all.add(describe(name, distribution)));
    return all;
  }

  private static Map<String, Object> describe(String name, Distribution distribution) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    if (distribution instanceof FloatDistribution range) {
      map.put("kind", "float");
      map.put("log", range.log());
      map.put("low", range.low());
      map.put("high", range.high());
    } else if (distribution instanceof IntDistribution range) {
      map.put("kind", "int");
      map.put("log", range.log());
      map.put("low", range.low());
      map.put("high", range.high());
    } else if (distribution instanceof CategoricalDistribution choices) {
      map.put("kind", "categorical");
      map.put("log", false);
      map.put("choices", choices.choices().stream().map(String::valueOf).toList());
    }
    return map;
  }

  /** The values of a trial in the order of the parameters; null for those that it has not. */
  List<Object> values(TrialRecord trial) {
    List<Object> values = new ArrayList<>();
    distributions.forEach(
        (name, distribution) -> {
          ParameterValue value = trial.parameters().get(name);
          boolean fits = value != null && value.distribution().isCompatibleWith(distribution);
          values.add(fits ? Numbers.compact(value.internal()) : null);
        });
    return values;
  }
}
