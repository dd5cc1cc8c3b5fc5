package io.dendra.sweep.execution;

import io.dendra.sweep.Objective;
import io.dendra.sweep.devices.DeviceLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Runs trials in processes of their own on this machine, so that a crash of native code, an error
 * that makes a GPU unusable, or a lack of memory ends one trial and nothing else.
 *
 * <pre>{@code
 * study.optimize(
 *     new MyObjective(), o -> o.trials(100).executor(ProcessExecutor.perSlot().jvmOptions("-Xmx4g")));
 * }</pre>
 *
 * <p>The objective is made anew in each process, so its class has to be public with a public
 * constructor without arguments; what this process knows else, it does not. A process has this
 * one's JVM, class path and {@code dendra.*} properties. Its output goes to {@code output.log} in
 * the trial's directory. It ends with this process, however that ends.
 */
public final class ProcessExecutor implements TrialExecutor {
  private final boolean reuse;
  private final List<String> jvmOptions;
  private final Function<DeviceLease, Map<String, String>> environment;

  private ProcessExecutor(
      boolean reuse,
      List<String> jvmOptions,
      Function<DeviceLease, Map<String, String>> environment) {
    this.reuse = reuse;
    this.jvmOptions = List.copyOf(jvmOptions);
    this.environment = environment;
  }

  /** A process for each trial. */
  public static ProcessExecutor perTrial() {
    return new ProcessExecutor(false, List.of(), slot -> Map.of());
  }

  /** A process for each slot, until a trial fails in it: libraries are loaded once. */
  public static ProcessExecutor perSlot() {
    return new ProcessExecutor(true, List.of(), slot -> Map.of());
  }

  /** With options of the JVM, such as {@code -Xmx4g}. */
  public ProcessExecutor jvmOptions(String... options) {
    List<String> all = new ArrayList<>(jvmOptions);
    all.addAll(List.of(options));
    return new ProcessExecutor(reuse, all, environment);
  }

  /**
   * With environment variables by slot, beside those of this process. Devices keep their numbers: a
   * variable that makes a library count them anew does not fit.
   */
  public ProcessExecutor environment(Function<DeviceLease, Map<String, String>> environment) {
    return new ProcessExecutor(reuse, jvmOptions, environment);
  }

  @Override
  public Runner open(Objective objective, Optional<Duration> limit) {
    String name = ObjectiveClass.name(objective);
    return new ProcessRunner(
        slot -> new WorkerCommand(name, jvmOptions, environment.apply(slot), slot), reuse, limit);
  }
}
