package io.dendra.backend.reference;

import io.dendra.backend.Availability;
import io.dendra.backend.Backend;
import io.dendra.backend.BackendException;
import io.dendra.backend.BackendProvider;
import io.dendra.tensor.Device;
import java.util.Map;

/**
 * Makes the reference backend known: always there, exact rather than fast, and last in rank.
 *
 * <p>It has four devices of the same kind, so that work over several devices can be tried anywhere.
 */
public final class ReferenceProvider implements BackendProvider {
  private static final String NAME = "reference";
  private static final int DEVICES = 4;

  /** For {@link java.util.ServiceLoader}. */
  public ReferenceProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public Availability availability() {
    return Availability.yes("plain Java, exact rather than fast");
  }

  @Override
  public int deviceCount() {
    return DEVICES;
  }

  @Override
  public Backend open(int index) {
    if (index < 0 || index >= DEVICES) {
      throw new BackendException(
          "there is no device "
              + NAME
              + ":"
              + index
              + ": the reference backend has "
              + DEVICES
              + " devices, numbered from 0");
    }
    return new ReferenceBackend(new Device(NAME, index));
  }

  @Override
  public Map<String, String> details() {
    return Map.of("java", Runtime.version().toString());
  }
}
