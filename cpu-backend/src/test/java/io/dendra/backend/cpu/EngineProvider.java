package io.dendra.backend.cpu;

import io.dendra.backend.Availability;
import io.dendra.backend.Backend;
import io.dendra.backend.BackendException;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.Backends;
import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.tensor.Device;
import java.util.Map;

/**
 * The CPU backend with one engine, whatever the settings say; two devices of it, and two threads
 * each, so that both kinds of concurrency are tried.
 */
record EngineProvider(EngineChoice engine, Availability availability) implements BackendProvider {
  private static final int DEVICES = 2;
  private static final int THREADS = 2;

  EngineProvider(EngineChoice engine) {
    this(engine, probe(engine));
  }

  private static Availability probe(EngineChoice engine) {
    try (CpuBackend backend = new CpuBackend(new CpuSettings(engine, THREADS))) {
      return Availability.yes(backend.describe());
    } catch (BackendException e) {
      return Availability.no(e.getMessage());
    }
  }

  /** The first device of an engine, which is registered if need be. */
  static Device device(EngineChoice engine) {
    EngineProvider provider = new EngineProvider(engine);
    if (Backends.providers().stream().noneMatch(other -> other.name().equals(provider.name()))) {
      Backends.register(provider);
    }
    return Device.of(provider.name());
  }

  @Override
  public String name() {
    return "cpu-" + engine;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int deviceCount() {
    return DEVICES;
  }

  @Override
  public Backend open(int index) {
    return new CpuBackend(new CpuSettings(engine, THREADS));
  }

  @Override
  public Map<String, String> details() {
    return Map.of();
  }
}
