package io.dendra.sweep.storage;

import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.samplers.RandomSampler;
import io.dendra.sweep.samplers.Sampler;
import io.dendra.sweep.samplers.TpeSampler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What a trial costs beside its objective: ask, 3 suggestions, 3 reports and tell, by 1 and by 8
 * workers. Run it with the class path of the tests, from the repository:
 *
 * <pre>mvn -q -pl sweep -am test-compile
 * java -cp CLASSPATH io.dendra.sweep.storage.SchedulerCost [trials] [storage] [sampler]</pre>
 *
 * <p>The storage is {@code sqlite} (a file in the temporary folder, the default), {@code memory},
 * or the address of an empty database; the sampler is {@code tpe} (the default) or {@code random}.
 */
final class SchedulerCost {
  private SchedulerCost() {}

  public static void main(String[] args) throws Exception {
    int trials = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    String place = args.length > 1 ? args[1] : "sqlite";
    boolean tpe = args.length < 3 || args[2].equals("tpe");
    Path folder = Files.createTempDirectory("scheduler-cost");
    String address = place.equals("sqlite") ? "sqlite:///" + folder.resolve("cost.db") : place;
    try (Storage storage = Storages.open(address)) {
      run(storage, sampler(tpe), "warm-up", trials, 1);
      for (int repeat = 0; repeat < 2; repeat++) {
        for (int workers : new int[] {1, 8}) {
          double millis =
              run(storage, sampler(tpe), "workers-" + workers + "-" + repeat, trials, workers);
          System.out.printf(
              Locale.ROOT, "%d trials, %d workers: %.3f ms per trial%n", trials, workers, millis);
        }
      }
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static Sampler sampler(boolean tpe) {
    return tpe ? new TpeSampler() : new RandomSampler();
  }

  private static double run(Storage storage, Sampler sampler, String name, int trials, int workers)
      throws InterruptedException {
    Study study = Study.create(name, o -> o.storage(storage).sampler(sampler));
    AtomicInteger left = new AtomicInteger(trials);
    List<Thread> threads = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < workers; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (left.getAndDecrement() > 0) {
                  one(study);
                }
              },
              "worker-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double millis = (System.nanoTime() - begin) / 1e6 / trials;
    long complete =
        study.trials().stream().filter(trial -> trial.state() == TrialState.COMPLETE).count();
    if (complete != trials) {
      throw new IllegalStateException(complete + " of " + trials + " trials are complete");
    }
    return millis;
  }

  private static void one(Study study) {
    Trial trial = study.ask();
    double rate = trial.suggestFloat("rate", 0, 1);
    int layers = trial.suggestInt("layers", 1, 8);
    String activation = trial.suggestCategorical("activation", "relu", "tanh");
    for (int step = 0; step < 3; step++) {
      trial.report(step, rate + step);
    }
    study.tell(trial, rate + layers + activation.length());
  }
}
