package io.dendra.sweep.pruners;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.sweep.Direction;
import io.dendra.sweep.TrialState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Decides on thousands of reports as Optuna did; the file is made by src/test/golden/pruners.py.
 */
class GoldenDecisionsTest {
  private static final Map<String, List<List<String>>> CASES = read();

  private static Map<String, List<List<String>>> read() {
    Map<String, List<List<String>>> cases = new LinkedHashMap<>();
    List<List<String>> events = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                GoldenDecisionsTest.class.getResourceAsStream("decisions.txt"),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        List<String> parts = List.of(line.split(" \\| ", -1));
        if (parts.get(0).equals("case")) {
          events = new ArrayList<>();
          String run = cases.containsKey(name(parts, 0)) ? name(parts, 1) : name(parts, 0);
          cases.put(run, events);
        }
        events.add(parts);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return cases;
  }

  private static String name(List<String> parts, int run) {
    return parts.get(1) + ", " + parts.get(2) + ", " + run;
  }

  static Stream<String> cases() {
    return CASES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void decidesAsOptunaDoes(String name) {
    List<List<String>> events = CASES.get(name);
    Pruner pruner = pruner(List.of(events.get(0).get(1).split(" ")));
    Direction direction = Direction.valueOf(events.get(0).get(2).toUpperCase(Locale.ROOT));
    Trials trials = new Trials(direction);
    int reports = 0;
    for (List<String> event : events.subList(1, events.size())) {
      switch (event.get(0)) {
        case "start" -> trials.start(Integer.parseInt(event.get(1)));
        case "end" -> trials.end(Integer.parseInt(event.get(1)), TrialState.valueOf(event.get(2)));
        default -> {
          int number = Integer.parseInt(event.get(0));
          trials.report(number, Integer.parseInt(event.get(1)), Double.parseDouble(event.get(2)));
          assertThat(pruner.shouldPrune(trials.snapshot(), trials.get(number)))
              .as("trial %s at step %s with %s", number, event.get(1), event.get(2))
              .isEqualTo(event.get(3).equals("prune"));
          reports++;
        }
      }
    }
    assertThat(trials.count()).isEqualTo(25);
    assertThat(reports).isGreaterThan(25);
  }

  private static Pruner pruner(List<String> words) {
    double[] numbers =
        words.stream()
            .skip(1)
            .filter(word -> !Character.isLetter(word.charAt(0)))
            .mapToDouble(Double::parseDouble)
            .toArray();
    return switch (words.get(0)) {
      case "median" ->
          numbers.length == 0
              ? new MedianPruner()
              : new MedianPruner()
                  .startupTrials((int) numbers[0])
                  .warmupSteps((int) numbers[1])
                  .intervalSteps((int) numbers[2])
                  .minTrials((int) numbers[3]);
      case "percentile" ->
          new PercentilePruner(numbers[0])
              .startupTrials((int) numbers[1])
              .warmupSteps((int) numbers[2])
              .intervalSteps((int) numbers[3])
              .minTrials((int) numbers[4]);
      case "halving" -> halving(words, numbers);
      case "hyperband" ->
          numbers.length == 0
              ? new HyperbandPruner()
              : new HyperbandPruner()
                  .minResource((int) numbers[0])
                  .maxResource((int) numbers[1])
                  .reductionFactor((int) numbers[2])
                  .bootstrapCount((int) numbers[3]);
      case "patient" -> patient(words, numbers);
      case "threshold" ->
          new ThresholdPruner(Double.parseDouble(words.get(1)), Double.parseDouble(words.get(2)))
              .warmupSteps(Integer.parseInt(words.get(3)))
              .intervalSteps(Integer.parseInt(words.get(4)));
      default -> throw new IllegalStateException(words.toString());
    };
  }

  private static Pruner halving(List<String> words, double[] numbers) {
    if (words.size() == 1) {
      return new SuccessiveHalvingPruner();
    }
    if (words.get(1).equals("auto")) {
      return new SuccessiveHalvingPruner().reductionFactor(3);
    }
    return new SuccessiveHalvingPruner()
        .minResource((int) numbers[0])
        .reductionFactor((int) numbers[1])
        .minEarlyStoppingRate((int) numbers[2])
        .bootstrapCount((int) numbers[3]);
  }

  private static Pruner patient(List<String> words, double[] numbers) {
    int patience = (int) numbers[0];
    if (words.size() < 4) {
      return new PatientPruner(patience).minDelta(numbers[1]);
    }
    Pruner wrapped = words.get(3).equals("median") ? new MedianPruner() : new PercentilePruner(30);
    return new PatientPruner(wrapped, patience).minDelta(numbers[1]);
  }
}
