package io.dendra.examples.sweep;

import io.dendra.config.Config;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.execution.ProcessExecutor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Trials for digits in processes of their own, which load the pictures once each. */
final class DigitProcess {
  private static final String NETWORK = "dendra.examples.sweep.network";
  private static final String OPTION = "dendra.examples.sweep.";
  private static DigitObjective objective;

  private DigitProcess() {}

  /** Begins processes with what {@link #objective} needs to know. */
  static ProcessExecutor executor(DigitNetwork network, TaskOptions options) {
    List<String> properties = new ArrayList<>(List.of("-D" + NETWORK + "=" + network.name()));
    options.toMap().forEach((name, value) -> properties.add("-D" + OPTION + name + "=" + value));
    return ProcessExecutor.perSlot().jvmOptions(properties.toArray(String[]::new));
  }

  /** The objective of this process, made when first asked for. */
  static synchronized DigitObjective objective() {
    if (objective == null) {
      TaskOptions options = new TaskOptions();
      options.data = option("data").map(Path::of).orElse(null);
      options.epochs = option("epochs").map(Integer::valueOf).orElse(null);
      options.limit = option("limit").map(Integer::valueOf).orElse(null);
      DigitNetwork network = DigitNetwork.valueOf(Config.get(NETWORK).orElseThrow());
      DigitTask task = new DigitTask(network, options);
      objective = new DigitObjective(network, task.split(Terminal.system().quiet()), task.epochs());
    }
    return objective;
  }

  private static Optional<String> option(String name) {
    return Config.get(OPTION + name);
  }
}
