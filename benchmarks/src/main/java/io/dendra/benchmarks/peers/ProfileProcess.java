package io.dendra.benchmarks.peers;

import io.dendra.backend.Backends;
import io.dendra.ops.Dispatcher;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * The command {@code profile}: where the time of a workload's step goes. Steps are timed without
 * looking at calls, then others with.
 */
final class ProfileProcess {
  private static final int LEAST_NOTED = 20;

  private ProfileProcess() {}

  /**
   * Profiles and prints the tables.
   *
   * @throws IllegalArgumentException when the arguments cannot be understood
   */
  static void run(List<String> args, PrintStream out) throws IOException {
    PeerOptions options = PeerOptions.parse(args);
    options.configure();
    CallProfile profile = new CallProfile();
    Backends.register(new BackendProbe(profile).around(Backends.provider("cpu")));
    StepClock clock = new StepClock(options.seconds(), options.seconds() / 2);
    Dispatcher.listen(
        profile, () -> PeerProcess.time(options, new Phases(clock, profile, options.seconds())));
    List<OneDnnTrace.Primitive> primitives =
        options.engine().equals("onednn") ? OneDnnTrace.of(args) : List.of();
    new ProfileTable(options, Median.ofSorted(clock.sortedMillis()), profile, primitives)
        .print(out);
  }

  /** First the clock has its steps, then the profile. */
  private static final class Phases implements StepEnd {
    private final StepClock clock;
    private final CallProfile profile;
    private final double seconds;
    private boolean timed;
    private long notedFrom;

    Phases(StepClock clock, CallProfile profile, double seconds) {
      this.clock = clock;
      this.profile = profile;
      this.seconds = seconds;
    }

    @Override
    public boolean stepDone(double loss) {
      if (!timed) {
        timed = !clock.stepDone(loss);
        notedFrom = System.nanoTime();
        if (!timed) {
          return true;
        }
      }
      profile.nextStep();
      return profile.steps() < LEAST_NOTED || (System.nanoTime() - notedFrom) / 1e9 < seconds;
    }
  }
}
