package io.dendra.sweep.samplers;

import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Prints the best value of 100 trials for each sampler, function and seed: {@code SamplerComparison
 * [seeds [first seed [sampler [functions with commas]]]]}. Beside it stands {@code
 * optuna_samplers.py}, and {@code sampler_statistics.py} compares what the two print.
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
              if (args.length < 3 || args[2].equals(name)) {
                StandardFunctions.all()
                    .forEach(
                        (function, objective) -> {
                          if (args.length < 4
                              || List.of(args[3].split(",", -1)).contains(function)) {
                            for (int seed = first; seed < first + seeds; seed++) {
                              double best = best(sampler.get(), objective, seed);
                              out.println(function + " " + name + " " + seed + " " + best);
                            }
                          }
                        });
              }
            });
  }

  private static Map<String, Supplier<Sampler>> samplers() {
    Map<String, Supplier<Sampler>> samplers = new LinkedHashMap<>();
    samplers.put("random", RandomSampler::new);
    samplers.put("tpe", TpeSampler::new);
    samplers.put("tpe-independent", () -> new TpeSampler(o -> o.multivariate(false)));
    samplers.put("cma-es", CmaEsSampler::new);
    samplers.put("sobol", SobolSampler::new);
    samplers.put("nsga-ii", () -> new NsgaIiSampler(o -> o.population(20)));
    return samplers;
  }

  private static double best(Sampler sampler, ToDoubleFunction<Trial> objective, long seed) {
    try (Study study = Study.create("comparison", o -> o.sampler(sampler).seed(seed))) {
      for (int t = 0; t < TRIALS; t++) {
        Trial trial = study.ask();
        study.tell(trial, objective.applyAsDouble(trial));
      }
      return study.best().value();
    }
  }

  /** The best value of a study for each seed, sorted. */
  static double[] bests(
      Supplier<Sampler> sampler, ToDoubleFunction<Trial> objective, int first, int seeds) {
    double[] bests = new double[seeds];
    for (int i = 0; i < seeds; i++) {
      bests[i] = best(sampler.get(), objective, (long) first + i);
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
