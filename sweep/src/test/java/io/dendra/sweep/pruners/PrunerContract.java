package io.dendra.sweep.pruners;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Direction;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link Pruner} has to do. An implementation extends it:
 *
 * <pre>{@code
 * class MyPrunerTest extends PrunerContract {
 *   @Override
 *   protected Pruner pruner() {
 *     return new MyPruner();
 *   }
 * }
 * }</pre>
 */
public abstract class PrunerContract {
  /** A new pruner with settings under which it ends some trials of 8 steps. */
  protected abstract Pruner pruner();

  /** Whether it compares a trial with others, so that the best one is never ended. */
  protected boolean comparesTrials() {
    return true;
  }

  /** Whether values may be mirrored with the direction. */
  protected boolean isSymmetric() {
    return true;
  }

  /** Random trials of 8 steps, all but the last three at an end. */
  private static Trials study(Direction direction, int seed) {
    RandomStream random = new RandomStream(RandomKey.of(seed));
    double sign = direction == Direction.MINIMIZE ? 1 : -1;
    Trials trials = new Trials(direction);
    for (int number = 0; number < 30; number++) {
      int steps = number < 27 ? 8 : 1 + random.nextInt(8);
      double[] values = new double[steps];
      double end = random.nextDouble();
      for (int step = 0; step < steps; step++) {
        boolean broken = random.nextInt(40) == 0;
        values[step] =
            broken ? Double.NaN : sign * (end + 1.0 / (step + 1) + 0.1 * random.nextDouble());
      }
      trials.add(number < 27 ? TrialState.COMPLETE : TrialState.RUNNING, values);
    }
    return trials;
  }

  /** The decisions on each running trial after each of its reports. */
  private static List<Boolean> decisions(Pruner pruner, Trials trials) {
    List<Boolean> all = new ArrayList<>();
    for (int number = 0; number < trials.count(); number++) {
      NavigableMap<Integer, Double> reports = trials.get(number).reports();
      for (int step : reports.keySet()) {
        TrialRecord then =
            Trials.record(
                number, TrialState.RUNNING, new TreeMap<>(reports.headMap(step, true)), List.of());
        List<TrialRecord> study = new ArrayList<>(trials.snapshot().trials());
        study.set(number, then);
        all.add(pruner.shouldPrune(trials.snapshot(study), then));
      }
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void endsSomeTrialsAndNotAll(Direction direction) {
    assertThat(decisions(pruner(), study(direction, 1))).contains(true, false);
  }

  @ParameterizedTest
  @EnumSource
  void decidesAlikeAfterARestart(Direction direction) {
    Pruner used = pruner();
    Trials one = study(direction, 1);
    decisions(used, study(direction, 2));
    assertThat(decisions(used, one)).isEqualTo(decisions(pruner(), one));
  }

  @Test
  void decidesAlikeInBothDirections() {
    if (isSymmetric()) {
      assertThat(decisions(pruner(), study(Direction.MAXIMIZE, 3)))
          .isEqualTo(decisions(pruner(), study(Direction.MINIMIZE, 3)));
    }
  }

  @Test
  void attributesAndParametersDoNotMatter() {
    Trials trials = study(Direction.MINIMIZE, 4);
    Pruner pruner = pruner();
    List<TrialRecord> noted =
        trials.snapshot().trials().stream()
            .map(
                trial ->
                    new TrialRecord(
                        -trial.id(),
                        trial.number(),
                        trial.state(),
                        trial.values(),
                        null,
                        null,
                        Map.of(),
                        trial.reports(),
                        Map.of("note", 1L),
                        Map.of("completed_rung_0", 1.0)))
            .toList();
    for (TrialRecord trial : noted) {
      assertThat(pruner.shouldPrune(trials.snapshot(noted), trial))
          .isEqualTo(pruner.shouldPrune(trials.snapshot(), trials.get(trial.number())));
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsNoTrialWithoutReports(Direction direction) {
    Trials trials = study(direction, 5).add(TrialState.RUNNING);
    assertThat(pruner().shouldPrune(trials.snapshot(), trials.get(30))).isFalse();
    Trials alone = new Trials(direction).start(0);
    assertThat(pruner().shouldPrune(alone.snapshot(), alone.get(0))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void keepsTheBestTrial(Direction direction) {
    if (!comparesTrials()) {
      return;
    }
    double best = direction == Direction.MINIMIZE ? -100 : 100;
    for (int step = 0; step < 8; step++) {
      double[] values = new double[step + 1];
      Arrays.fill(values, best);
      Trials trials = study(direction, 6).add(TrialState.RUNNING, values);
      assertThat(pruner().shouldPrune(trials.snapshot(), trials.get(30))).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesReportsOfAnyNumbers(Direction direction) {
    double[][] odd = {
      {Double.NaN, Double.NaN, Double.NaN, Double.NaN},
      {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0},
      {Double.NEGATIVE_INFINITY},
      {Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE}
    };
    Trials trials = study(direction, 7);
    for (double[] values : odd) {
      trials.add(TrialState.COMPLETE, values).add(TrialState.RUNNING, values);
    }
    trials.start(trials.count()).report(trials.count() - 1, Integer.MAX_VALUE, 1);
    assertThat(decisions(pruner(), trials)).isNotEmpty();
  }

  @Test
  void comparesWithTrialsOfTheStudyOnly() {
    StudySnapshot study = study(Direction.MINIMIZE, 8).snapshot();
    for (int number = 0; number < 40; number++) {
      StudySnapshot part = pruner().comparable(study, number);
      assertThat(study.trials()).containsSubsequence(part.trials());
      assertThat(part.directions()).isEqualTo(study.directions());
      assertThat(pruner().comparable(study, number)).isEqualTo(part);
    }
  }

  @Test
  void manyThreadsGetTheSameDecisions() throws InterruptedException {
    Pruner shared = pruner();
    Trials trials = study(Direction.MINIMIZE, 9);
    ConcurrentLinkedQueue<List<Boolean>> found = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread = new Thread(() -> found.add(decisions(shared, trials)), "pruner-kit-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(found).hasSize(4).containsOnly(decisions(pruner(), trials));
  }
}
