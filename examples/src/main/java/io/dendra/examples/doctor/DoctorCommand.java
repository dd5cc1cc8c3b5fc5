package io.dendra.examples.doctor;

import io.dendra.backend.Availability;
import io.dendra.backend.BackendException;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.Backends;
import io.dendra.config.Config;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Terminal;
import io.dendra.examples.cli.Versions;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what can compute on this machine, and why the rest cannot. */
@Command(
    name = "doctor",
    description = "Show each backend: devices, versions, threads, and why one is not available.")
public final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private CommonOptions common;

  public DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.line("dendra", Versions.dendra());
    terminal.line("java", Versions.java());
    if (common.verbose()) {
      terminal.line("", "in " + System.getProperty("java.home"));
    }
    terminal.line("system", Versions.system());
    terminal.line(
        "memory",
        gigabytes(Runtime.getRuntime().maxMemory())
            + " heap at most, "
            + Runtime.getRuntime().availableProcessors()
            + " processors");
    terminal.line(
        "flag",
        Backends.FLAG
            + " = "
            + Config.get(Backends.FLAG).orElse("auto (not set)")
            + ": "
            + chosen());
    for (BackendProvider provider : Backends.providers()) {
      describe(provider);
    }
    return 0;
  }

  private static String chosen() {
    try {
      return "computes on " + Backends.open(Backends.defaultDevice()).device();
    } catch (BackendException | IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private void describe(BackendProvider provider) {
    Availability availability = provider.availability();
    terminal.out().println();
    terminal.line(
        provider.name(),
        (availability.available() ? "available: " : "not available: ") + availability.detail());
    if (availability.available()) {
      terminal.line("", "devices: " + devices(provider));
    }
    provider.details().forEach((name, value) -> terminal.line("", name + ": " + value));
  }

  private static String devices(BackendProvider provider) {
    StringBuilder names = new StringBuilder(provider.name());
    for (int i = 1; i < provider.deviceCount(); i++) {
      names.append(", ").append(provider.name()).append(':').append(i);
    }
    return names.toString();
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
