package io.dendra.sweep.samplers;

import com.sun.management.ThreadMXBean;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.Distribution;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Prints what a draw of ten parameters costs after 100 and after 1,000 finished trials, for each
 * sampler: CPU time of the thread, medians after a warm-up. Each draw sees one trial more than the
 * one before, as in a study. {@code SamplingCost [sampler]}.
 */
final class SamplingCost {
  private static final int DRAWS = 100;
  private static final int ROUNDS = 5;

  private SamplingCost() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println("CPU time of a draw in ms: after 100 and 1,000 trials, of 10 parameters");
    samplers()
        .forEach(
            (name, sampler) -> {
              if (args.length == 0 || args[0].equals(name)) {
                ToDoubleFunction<Trial> objective =
                    name.contains("conditions")
                        ? SamplingCost::conditional
                        : SamplingCost::objective;
                out.println(line(name, sampler, objective));
              }
            });
  }

  private static Map<String, Supplier<Sampler>> samplers() {
    Map<String, Supplier<Sampler>> samplers = new LinkedHashMap<>();
    samplers.put("tpe", TpeSampler::new);
    samplers.put("tpe conditions", TpeSampler::new);
    samplers.put("tpe independent", () -> new TpeSampler(o -> o.multivariate(false)));
    samplers.put("cma-es", CmaEsSampler::new);
    samplers.put("nsga-ii", NsgaIiSampler::new);
    samplers.put("sobol", SobolSampler::new);
    samplers.put("random", RandomSampler::new);
    return samplers;
  }

  private static String line(
      String name, Supplier<Sampler> sampler, ToDoubleFunction<Trial> objective) {
    Sampler used = sampler.get();
    try (Study study = Study.create("cost", o -> o.sampler(used))) {
      for (int i = 0; i < 1000 + DRAWS; i++) {
        Trial trial = study.ask();
        study.tell(trial, objective.applyAsDouble(trial));
      }
      List<TrialRecord> all = study.trials();
      return String.format(
          Locale.ROOT,
          "%-18s %8.3f %8.3f",
          name,
          median(sampler, all, 100),
          median(sampler, all, 1000));
    }
  }

  /** The least of a few medians, since other work on the machine only adds to them. */
  private static double median(Supplier<Sampler> sampler, List<TrialRecord> all, int trials) {
    double least = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      least = Math.min(least, median(sampler.get(), all, trials));
    }
    return least;
  }

  private static double median(Sampler sampler, List<TrialRecord> all, int trials) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Map<String, Distribution> asked = new LinkedHashMap<>();
    all.get(all.size() - 1).parameters().forEach((k, v) -> asked.put(k, v.distribution()));
    double[] milliseconds = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      StudySnapshot seen =
          new StudySnapshot(List.of(Direction.MINIMIZE), all.subList(0, trials + i));
      long start = threads.getCurrentThreadCpuTime();
      draw(sampler, seen, asked);
      milliseconds[i] = (threads.getCurrentThreadCpuTime() - start) * 1e-6;
    }
    Arrays.sort(milliseconds);
    return milliseconds[DRAWS / 2];
  }

  /** What a study asks of a sampler for a trial. */
  private static void draw(Sampler sampler, StudySnapshot seen, Map<String, Distribution> asked) {
    int number = seen.trials().size();
    Map<String, Distribution> space = sampler.relativeSearchSpace(seen);
    Map<String, Double> together =
        space.isEmpty() ? Map.of() : sampler.sampleRelative(context(seen, number), space);
    asked.forEach(
        (name, distribution) -> {
          if (!together.containsKey(name)) {
            sampler.sampleIndependent(context(seen, number), name, distribution);
          }
        });
  }

  private static SamplingContext context(StudySnapshot seen, int number) {
    return new SamplingContext(
        seen,
        number,
        number,
        RandomKey.of(1),
        new RandomStream(RandomKey.of(number)),
        (key, value) -> {});
  }

  private static double objective(Trial trial) {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += Math.pow(trial.suggestFloat("x" + i, -5, 5) - i, 2);
    }
    for (int i = 0; i < 2; i++) {
      sum += Math.abs(Math.log10(trial.suggestFloat("rate" + i, 1e-5, 1, Scale.LOG)) + 3);
      sum += Math.abs(trial.suggestInt("int" + i, 1, 20) - 7) * 0.1;
    }
    sum += trial.suggestCategorical("kind", "a", "b", "c").equals("b") ? 0 : 1;
    return sum + Math.abs(Math.log(trial.suggestInt("units", 8, 1024, Scale.LOG)) - 5);
  }

  /** One to four layers, each with settings of its own. */
  private static double conditional(Trial trial) {
    double sum = Math.abs(Math.log10(trial.suggestFloat("rate", 1e-5, 1, Scale.LOG)) + 3);
    int layers = trial.suggestInt("layers", 1, 4);
    for (int i = 0; i < layers; i++) {
      sum += Math.abs(Math.log(trial.suggestInt("units" + i, 8, 1024, Scale.LOG)) - 5);
      sum += trial.suggestFloat("dropout" + i, 0, 0.8);
    }
    return sum + 4.0 / layers;
  }
}
