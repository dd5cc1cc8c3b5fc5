package io.dendra.sweep.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PruningSavingsTest {
  private static TrialRecord trial(
      TrialState state, int steps, int seconds, Map<String, Object> attributes) {
    NavigableMap<Integer, Double> reports = new TreeMap<>();
    for (int step = 0; step < steps; step++) {
      reports.put(step, 0.5);
    }
    Instant begin = Instant.ofEpochSecond(1_000_000);
    return new TrialRecord(
        1,
        0,
        state,
        state == TrialState.FAIL ? List.of() : List.of(0.5),
        begin,
        begin.plusSeconds(seconds),
        Map.of(),
        reports,
        attributes,
        Map.of());
  }

  private static Map<String, Object> times(double first, double later) {
    return Map.of(
        PruningSavings.PLANNED,
        9,
        PruningSavings.FIRST_STEP,
        first,
        PruningSavings.LATER_STEPS,
        later);
  }

  @Test
  void nothingIsSavedWherePruningEndedNothing() {
    assertThat(PruningSavings.of(List.of(trial(TrialState.COMPLETE, 9, 18, Map.of())))).isEmpty();
  }

  @Test
  void missingStepsCountAtThePaceOfTheStepsAfterTheFirst() {
    PruningSavings savings =
        PruningSavings.of(
                List.of(
                    trial(TrialState.COMPLETE, 9, 13, times(5, 1)),
                    trial(TrialState.PRUNED, 3, 30, times(20, 2)),
                    trial(TrialState.FAIL, 1, 5, times(5, 5))))
            .orElseThrow();
    assertThat(savings).isEqualTo(new PruningSavings(Duration.ofSeconds(6 * 2), 6, 1));
  }

  @Test
  void afterOneStepOthersTellHowMuchFasterTheNextOnesAre() {
    TrialRecord one =
        trial(
            TrialState.PRUNED,
            1,
            10,
            Map.of(PruningSavings.PLANNED, 9, PruningSavings.FIRST_STEP, 8.0));
    PruningSavings savings =
        PruningSavings.of(
                List.of(
                    one,
                    trial(TrialState.COMPLETE, 9, 13, times(8, 4)),
                    trial(TrialState.COMPLETE, 9, 13, times(8, 2)),
                    trial(TrialState.COMPLETE, 9, 13, times(8, 1))))
            .orElseThrow();
    assertThat(savings.time()).isEqualTo(Duration.ofSeconds(8 * 2));
    assertThat(PruningSavings.of(List.of(one)).orElseThrow().time())
        .isEqualTo(Duration.ofSeconds(8 * 8));
  }

  @Test
  void withoutNotedTimesADurationIsSharedByItsSteps() {
    List<TrialRecord> trials =
        List.of(
            trial(TrialState.COMPLETE, 9, 18, Map.of()),
            trial(TrialState.PRUNED, 3, 6, Map.of(PruningSavings.LATER_STEPS, "soon")),
            trial(TrialState.PRUNED, 1, 3, Map.of(PruningSavings.LATER_STEPS, Double.NaN)));
    assertThat(PruningSavings.of(trials))
        .contains(new PruningSavings(Duration.ofSeconds(6 * 2 + 8 * 3), 14, 2));
  }
}
