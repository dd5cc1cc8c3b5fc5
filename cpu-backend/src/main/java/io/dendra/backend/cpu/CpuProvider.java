package io.dendra.backend.cpu;

import io.dendra.backend.Availability;
import io.dendra.backend.Backend;
import io.dendra.backend.BackendException;
import io.dendra.backend.BackendProvider;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the processor known as {@code cpu}. */
public final class CpuProvider implements BackendProvider {
  static final String NAME = "cpu";
  private static final int RANK = 50;

  private Probe probe;

  /** A backend that waits for the first to open the device with the same settings. */
  private Started started;

  private record Started(CpuSettings settings, Backend backend) {}

  /** What a first start found. */
  private record Probe(Availability availability, Map<String, String> details) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return RANK;
  }

  @Override
  public Availability availability() {
    return probe().availability();
  }

  @Override
  public synchronized void prepare() {
    if (started == null && probe == null) {
      CpuSettings settings = CpuSettings.read();
      started = new Started(settings, new CpuBackend(settings));
    }
  }

  @Override
  public int deviceCount() {
    return availability().available() ? 1 : 0;
  }

  @Override
  public Backend open(int index) {
    if (index != 0) {
      throw new BackendException("there is one device cpu, given number " + index);
    }
    try {
      CpuSettings settings = CpuSettings.read();
      Backend waiting = take(settings);
      return waiting != null ? waiting : new CpuBackend(settings);
    } catch (LinkageError e) {
      throw new BackendException("the CPU backend cannot start: " + Engines.reason(e), e);
    } catch (IllegalArgumentException e) {
      throw new BackendException(e.getMessage(), e);
    }
  }

  @Override
  public Map<String, String> details() {
    return probe().details();
  }

  private synchronized Probe probe() {
    if (probe == null) {
      probe = start();
    }
    return probe;
  }

  private synchronized Backend take(CpuSettings settings) {
    Started found = started;
    started = null;
    if (found != null && !found.settings.equals(settings)) {
      found.backend.close();
      return null;
    }
    return found == null ? null : found.backend;
  }

  private Probe start() {
    try {
      CpuBackend cpu = (CpuBackend) open(0);
      started = new Started(CpuSettings.read(), cpu);
      Map<String, String> details = new LinkedHashMap<>();
      cpu.describeTo(details);
      return new Probe(Availability.yes(cpu.describe()), details);
    } catch (BackendException e) {
      return new Probe(Availability.no(e.getMessage()), Map.of());
    }
  }
}
