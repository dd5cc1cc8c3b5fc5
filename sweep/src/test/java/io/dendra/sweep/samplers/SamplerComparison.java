package io.dendra.sweep.samplers;

import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Prints the median best value of 100 trials, with quartiles, for each sampler and function: {@code
 * SamplerComparison [seeds [first seed [sampler]]]}. Beside it stands {@code optuna_samplers.py}.
 */
final class SamplerComparison {
  private static final int TRIALS = 100;

  private SamplerComparison() {}

  public static void main(String[] args) {
    int seeds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int first = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    samplers()
        .forEach(
            (name, sampler) -> {
              if (args.length > 2 && !name.startsWith(args[2])) {
                return;
              }
              StandardFunctions.all()
                  .forEach(
                      (function, objective) ->
                          out.println(
                              line(function, name, bests(sampler, objective, first, seeds))));
            });
  }

  private static Map<String, Supplier<Sampler>> samplers() {
    Map<String, Supplier<Sampler>> samplers = new LinkedHashMap<>();
    samplers.put("random", RandomSampler::new);
    samplers.put("tpe", TpeSampler::new);
    samplers.put("tpe independent", () -> new TpeSampler(o -> o.multivariate(false)));
    samplers.put("cma-es", CmaEsSampler::new);
    samplers.put("sobol", SobolSampler::new);
    samplers.put("nsga-ii", () -> new NsgaIiSampler(o -> o.population(20)));
    return samplers;
  }

  private static String line(String function, String sampler, double[] bests) {
    return String.format(
        Locale.ROOT,
        "%-14s %-24s %12.5f %12.5f %12.5f",
        function,
        sampler,
        quantile(bests, 0.5),
        quantile(bests, 0.25),
        quantile(bests, 0.75));
  }

  /** The best value of a study for each seed, sorted. */
  static double[] bests(
      Supplier<Sampler> sampler, ToDoubleFunction<Trial> objective, int first, int seeds) {
    double[] bests = new double[seeds];
    for (int i = 0; i < seeds; i++) {
      long seed = (long) first + i;
      try (Study study = Study.create("comparison", o -> o.sampler(sampler.get()).seed(seed))) {
        for (int t = 0; t < TRIALS; t++) {
          Trial trial = study.ask();
          study.tell(trial, objective.applyAsDouble(trial));
        }
        bests[i] = study.best().value();
      }
    }
    Arrays.sort(bests);
    return bests;
  }

  static double quantile(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
