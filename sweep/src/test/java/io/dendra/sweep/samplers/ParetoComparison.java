package io.dendra.sweep.samplers;

import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.pareto.Hypervolume;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Prints how much of the plane 200 trials dominate, of ZDT1 and ZDT2 with ten parameters (E.
 * Zitzler, K. Deb, L. Thiele, "Comparison of multiobjective evolutionary algorithms", 2000), for
 * each sampler and seed, as a negative number: {@code ParetoComparison [seeds [first seed
 * [sampler]]]}. {@code optuna_samplers.py} does the same with Optuna.
 */
final class ParetoComparison {
  private static final int TRIALS = 200;
  private static final int PARAMETERS = 10;

  /** Not dominated by any point of the functions. */
  private static final double[] REFERENCE = {1, 10};

  private ParetoComparison() {}

  public static void main(String[] args) {
    int seeds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int first = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Map<String, Supplier<Sampler>> samplers = new LinkedHashMap<>();
    samplers.put("default", TpeSampler::new);
    samplers.put("tpe", TpeSampler::new);
    samplers.put("tpe-independent", () -> new TpeSampler(o -> o.multivariate(false)));
    samplers.put("nsga-ii", NsgaIiSampler::new);
    samplers.forEach(
        (name, sampler) -> {
          for (int power = 1; power <= 2 && (args.length < 3 || args[2].equals(name)); power++) {
            for (int seed = first; seed < first + seeds; seed++) {
              double volume = volume(sampler.get(), power, seed);
              out.println("zdt" + power + " " + name + " " + seed + " " + -volume);
            }
          }
        });
  }

  private static double volume(Sampler sampler, int power, long seed) {
    try (Study study =
        Study.create(
            "front",
            o ->
                o.sampler(sampler).seed(seed).directions(Direction.MINIMIZE, Direction.MINIMIZE))) {
      for (int t = 0; t < TRIALS; t++) {
        Trial trial = study.ask();
        study.tell(trial, zdt(trial, power));
      }
      StudySnapshot end = study.snapshot();
      double[][] losses =
          study.bestTrials().stream()
              .map((TrialRecord t) -> end.losses(t))
              .toArray(double[][]::new);
      return Hypervolume.of(losses, REFERENCE);
    }
  }

  /** ZDT1 has a convex front, ZDT2, whose power is 2, a concave one. */
  private static double[] zdt(Trial trial, int power) {
    double first = trial.suggestFloat("x0", 0, 1);
    double sum = 0;
    for (int i = 1; i < PARAMETERS; i++) {
      sum += trial.suggestFloat("x" + i, 0, 1);
    }
    double distance = 1 + 9 * sum / (PARAMETERS - 1);
    double part = first / distance;
    return new double[] {first, distance * (1 - (power == 1 ? Math.sqrt(part) : part * part))};
  }
}
