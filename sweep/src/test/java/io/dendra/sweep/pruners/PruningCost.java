package io.dendra.sweep.pruners;

import com.sun.management.ThreadMXBean;
import io.dendra.sweep.Direction;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prints what it costs to ask whether a trial should end, over its 30 reports, after 100 and 1,000
 * trials of 30 reports, for each pruner: CPU time of the thread, medians over trials.
 */
final class PruningCost {
  private static final int STEPS = 30;
  private static final int TRIALS = 200;

  private PruningCost() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Map<String, Pruner> pruners = new LinkedHashMap<>();
    pruners.put("median", new MedianPruner());
    pruners.put("asha", new SuccessiveHalvingPruner());
    pruners.put("hyperband", new HyperbandPruner());
    pruners.put("patient", new PatientPruner(new MedianPruner(), 3));
    out.println("CPU time of a report in ms: after 100 and 1,000 trials");
    pruners.forEach(
        (name, pruner) ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "%-10s %8.3f %8.3f",
                    name,
                    cost(pruner, 100),
                    cost(pruner, 1000))));
  }

  private static double cost(Pruner pruner, int count) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<TrialRecord> trials = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      trials.add(trial(number, TrialState.COMPLETE, STEPS));
    }
    double[] milliseconds = new double[TRIALS];
    for (int t = 0; t < TRIALS; t++) {
      StudySnapshot study = new StudySnapshot(List.of(Direction.MINIMIZE), trials);
      long spent = 0;
      for (int steps = 1; steps <= STEPS; steps++) {
        TrialRecord trial = trial(count + t, TrialState.RUNNING, steps);
        long start = threads.getCurrentThreadCpuTime();
        pruner.shouldPrune(study, trial);
        spent += threads.getCurrentThreadCpuTime() - start;
      }
      milliseconds[t] = spent * 1e-6 / STEPS;
    }
    Arrays.sort(milliseconds);
    return milliseconds[TRIALS / 2];
  }

  private static TrialRecord trial(int number, TrialState state, int steps) {
    TreeMap<Integer, Double> reports = new TreeMap<>();
    for (int step = 0; step < steps; step++) {
      reports.put(step, 1.0 / (step + 1) + (number * 7919 % 1009) * 1e-3);
    }
    return new TrialRecord(
        number,
        number,
        state,
        state == TrialState.COMPLETE ? List.of(reports.lastEntry().getValue()) : List.of(),
        Instant.EPOCH,
        state == TrialState.COMPLETE ? Instant.EPOCH : null,
        Map.of(),
        reports,
        Map.of(),
        Map.of());
  }
}
