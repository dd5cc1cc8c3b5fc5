package io.dendra.sweep.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.sweep.Direction;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside Optuna's fANOVA on the same trials; the file is made by src/test/golden/fanova.py. */
class GoldenFanovaTest {
  private static final int SEEDS = 10;

  private final Map<String, Distribution> space = new LinkedHashMap<>();
  private final List<TrialRecord> trials = new ArrayList<>();
  private final Map<String, double[]> expected = new LinkedHashMap<>();

  private void read(String study) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                GoldenFanovaTest.class.getResourceAsStream("fanova.txt"),
                StandardCharsets.UTF_8))) {
      boolean here = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        List<String> parts = List.of(line.split(" \\| ", -1));
        if (parts.get(0).equals("study")) {
          here = parts.get(1).equals(study);
        } else if (here) {
          switch (parts.get(0)) {
            case "parameter" -> space.put(parts.get(1), distribution(parts));
            case "trial" -> trials.add(trial(parts.subList(1, parts.size())));
            default ->
                expected.put(
                    parts.get(1),
                    new double[] {
                      Double.parseDouble(parts.get(2)), Double.parseDouble(parts.get(3))
                    });
          }
        }
      }
    }
  }

  private static Distribution distribution(List<String> parts) {
    String low = parts.get(3);
    String high = parts.get(4);
    return switch (parts.get(2)) {
      case "int" -> new IntDistribution(Long.parseLong(low), Long.parseLong(high), false, 1);
      case "logint" -> new IntDistribution(Long.parseLong(low), Long.parseLong(high), true, 1);
      case "bool" -> new CategoricalDistribution(List.of(false, true));
      default ->
          new FloatDistribution(
              Double.parseDouble(low), Double.parseDouble(high), parts.get(2).equals("log"), 0);
    };
  }

  private TrialRecord trial(List<String> words) {
    Map<String, ParameterValue> parameters = new LinkedHashMap<>();
    int word = 1;
    for (Map.Entry<String, Distribution> parameter : space.entrySet()) {
      String text = words.get(word++);
      double internal =
          parameter.getValue() instanceof CategoricalDistribution
              ? text.equals("True") ? 1 : 0
              : Double.parseDouble(text);
      parameters.put(parameter.getKey(), new ParameterValue(parameter.getValue(), internal));
    }
    return new TrialRecord(
        trials.size(),
        trials.size(),
        TrialState.COMPLETE,
        List.of(Double.parseDouble(words.get(0))),
        null,
        null,
        parameters,
        Collections.emptyNavigableMap(),
        Map.of(),
        Map.of());
  }

  /**
   * Both are random in the draws of their forests: the means of ten seeds may differ by four
   * standard errors of each, and a hundredth for what Optuna does otherwise (single precision, a
   * choice as two numbers).
   */
  @ParameterizedTest
  @ValueSource(strings = {"quadratic", "interaction", "network"})
  void findsTheSharesThatOptunaFinds(String name) throws IOException {
    read(name);
    assertThat(trials).hasSize(120);
    StudySnapshot study = new StudySnapshot(List.of(Direction.MINIMIZE), trials);
    Map<String, double[]> found = new LinkedHashMap<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      Map<String, Double> shares = new Fanova().seed(seed).evaluate(study);
      int run = seed;
      shares.forEach(
          (key, share) -> found.computeIfAbsent(key, k -> new double[SEEDS])[run] = share);
    }
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    expected.forEach(
        (key, optuna) -> {
          double mean = 0;
          double squares = 0;
          for (double share : found.get(key)) {
            mean += share / SEEDS;
            squares += share * share / SEEDS;
          }
          double spread = Math.sqrt(Math.max(squares - mean * mean, 0)) + optuna[1];
          assertThat(mean)
              .as(key)
              .isCloseTo(optuna[0], within(4 * spread / Math.sqrt(SEEDS) + 0.01));
        });
  }
}
