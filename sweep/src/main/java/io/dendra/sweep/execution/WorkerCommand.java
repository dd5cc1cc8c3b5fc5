package io.dendra.sweep.execution;

import io.dendra.sweep.devices.DeviceLease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * How a worker is started.
 *
 * @param objective the name of its class
 * @param jvmOptions before all others
 * @param environment beside that of this process
 * @param slot what the worker runs on
 */
record WorkerCommand(
    String objective, List<String> jvmOptions, Map<String, String> environment, DeviceLease slot) {
  private static final String OURS = "dendra.";

  /** Starts it; a crash of its JVM is described in a file of the folder. */
  Process start(Path folder) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(folder)).redirectErrorStream(true);
    // Longer than a command line may be, on some systems.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private List<String> command(Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:ErrorFile=" + crashFile(folder, "%p"));
    for (String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
      if (name.startsWith(OURS)) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    slot.threads().ifPresent(threads -> command.add("-Ddendra.cpu.threads=" + threads));
    command.addAll(jvmOptions);
    command.add(TrialWorker.class.getName());
    command.add(objective);
    return command;
  }

  static Path crashFile(Path folder, String process) {
    return folder.toAbsolutePath().resolve("hs_err_pid" + process + ".log");
  }
}
