package io.dendra.benchmarks.peers;

import io.dendra.backend.Backends;
import io.dendra.data.Batch;
import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.io.PrintStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The command {@code peer}: measures a workload in this process, which should be a fresh one, since
 * memory and start-up are the whole process's.
 */
public final class PeerProcess {
  private PeerProcess() {}

  /**
   * Measures and prints a line of CSV.
   *
   * @throws IllegalArgumentException when the arguments cannot be understood
   * @throws IllegalStateException when the workload does not train
   */
  public static void run(List<String> args, PrintStream out) {
    PeerOptions options = PeerOptions.parse(args);
    options.configure();
    out.println(measure(options).format());
  }

  static Measurement measure(PeerOptions options) {
    StepClock clock = new StepClock(options.seconds(), options.seconds());
    time(options, clock);
    // Negated, so that a loss that is not a number fails too.
    if (options.workload().trains() && !(clock.laterLoss() < clock.firstLoss())) {
      throw new IllegalStateException(
          options.workload().label()
              + " does not train: its loss went from "
              + clock.firstLoss()
              + " to "
              + clock.laterLoss());
    }
    return Measurement.of(options.peer(), version(), options.workload(), clock);
  }

  /** Runs steps until no other is wanted. */
  static void time(PeerOptions options, StepEnd end) {
    if (options.mode() == PeerOptions.Mode.FIT) {
      fit(options.workload(), end);
    } else {
      Step step = Steps.of(options.workload());
      boolean more = true;
      while (more) {
        more = end.stepDone(step.run());
      }
    }
  }

  private static void fit(Workload workload, StepEnd end) {
    Callback stopping =
        new Callback() {
          @Override
          public void onBatchEnd(TrainingRun run, int batch, double loss) {
            if (!end.stepDone(loss)) {
              run.stop("timed");
            }
          }
        };
    try (Model model = Networks.model(workload)) {
      model.fit(always(Networks.batch(workload)), o -> o.epochs(1).callbacks(stopping));
    }
  }

  private static Dataset always(Batch batch) {
    Iterator<Batch> batches = Stream.generate(() -> batch).iterator();
    return Dataset.generator(epoch -> batches);
  }

  /** Of the library and of what computes for it, as far as they tell. */
  static String version() {
    Map<String, String> cpu = Backends.provider("cpu").details();
    return "Dendra " + cpu.getOrDefault("versions", "");
  }
}
