package io.dendra.sweep.samplers;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.Trial;
import io.dendra.sweep.distributions.Distribution;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints how long a draw of ten parameters takes after a thousand trials, for each sampler. */
final class SamplingCost {
  private SamplingCost() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Map<String, Sampler> samplers = new LinkedHashMap<>();
    samplers.put("tpe", new TpeSampler());
    samplers.put("cma-es", new CmaEsSampler());
    samplers.put("nsga-ii", new NsgaIiSampler());
    samplers.put("sobol", new SobolSampler());
    samplers.forEach(
        (name, sampler) -> {
          try (Study study = Study.create("cost", o -> o.sampler(sampler))) {
            for (int i = 0; i < 1000; i++) {
              Trial trial = study.ask();
              study.tell(trial, objective(trial));
            }
            double[] milliseconds = new double[200];
            for (int i = 0; i < milliseconds.length; i++) {
              // A snapshot of its own, as each trial has.
              StudySnapshot seen = new StudySnapshot(study.directions(), study.trials());
              long start = System.nanoTime();
              Map<String, Distribution> space = sampler.relativeSearchSpace(seen);
              sampler.sampleRelative(
                  new SamplingContext(
                      seen,
                      1000,
                      1000,
                      RandomKey.of(1),
                      new RandomStream(RandomKey.of(i)),
                      (key, value) -> {}),
                  space);
              milliseconds[i] = (System.nanoTime() - start) * 1e-6;
            }
            Arrays.sort(milliseconds);
            out.println(
                String.format(
                    Locale.ROOT,
                    "%-10s median %.2f ms, least %.2f ms",
                    name,
                    milliseconds[milliseconds.length / 2],
                    milliseconds[0]));
          }
        });
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
}
