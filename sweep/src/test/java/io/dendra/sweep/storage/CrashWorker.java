package io.dendra.sweep.storage;

import io.dendra.sweep.Study;
import java.time.Duration;

/** The process that {@link CrashTest} kills: it works on a study until the study is complete. */
final class CrashWorker {
  static final String STUDY = "crash";

  private CrashWorker() {}

  public static void main(String[] args) throws InterruptedException {
    int target = Integer.parseInt(args[1]);
    try (Study study = Study.create(STUDY, o -> o.storage(args[0]).loadIfExists().seed(3))) {
      study.optimize(
          trial -> {
            double x = trial.suggestFloat("x", -1, 1);
            int n = trial.suggestInt("n", 1, 4);
            for (int step = 0; step < 3; step++) {
              trial.report(step, x + step);
              Thread.sleep(n);
            }
            trial.attribute("finisher", ProcessHandle.current().pid());
            return x * n;
          },
          o ->
              o.totalTrials(target)
                  .workers(2)
                  .heartbeat(Duration.ofMillis(200), Duration.ofSeconds(30)));
    }
  }
}
