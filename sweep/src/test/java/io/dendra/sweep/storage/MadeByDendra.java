package io.dendra.sweep.storage;

import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.TrialPrunedException;
import java.util.Arrays;
import java.util.Map;

/** Makes the database that {@code optuna_studies.py check} opens with Optuna. */
final class MadeByDendra {
  private MadeByDendra() {}

  public static void main(String[] args) throws InterruptedException {
    try (Study study = Study.create("from-dendra", o -> o.storage(args[0]).seed(5))) {
      study.optimize(
          trial -> {
            double x = trial.suggestFloat("x", 1e-3, 1, io.dendra.sweep.Scale.LOG);
            int n = trial.suggestInt("n", 1, 9, 2);
            Object c =
                trial.suggest(
                    "c",
                    new io.dendra.sweep.distributions.CategoricalDistribution(
                        Arrays.asList("relu", "tanh", null)));
            trial.report(0, x);
            trial.report(1, Double.NaN);
            trial.report(2, Double.POSITIVE_INFINITY);
            trial.attribute("note", Map.of("é", Arrays.asList(1, 1.5, null, true)));
            if (trial.number() == 3) {
              throw new TrialPrunedException();
            }
            if (trial.number() == 4) {
              throw new IllegalStateException("no luck");
            }
            return x * n + ("tanh".equals(c) ? 1 : 0);
          },
          o -> o.trials(25).workers(4));
      study.enqueue(Map.of("x", 0.5, "n", 3));
    }
    try (Study study =
        Study.create(
            "two-objectives",
            o -> o.storage(args[0]).directions(Direction.MINIMIZE, Direction.MAXIMIZE))) {
      for (int i = 0; i < 10; i++) {
        var trial = study.ask();
        double x = trial.suggestFloat("x", 0, 1);
        study.tell(trial, x, x * x);
      }
    }
  }
}
