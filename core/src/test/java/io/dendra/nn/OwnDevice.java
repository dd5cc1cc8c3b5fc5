package io.dendra.nn;

import io.dendra.backend.Availability;
import io.dendra.backend.Backend;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.Backends;
import io.dendra.backend.reference.ReferenceProvider;
import io.dendra.tensor.Device;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A reference device that no other test uses: what they leave to the collector does not show in its
 * memory, and its backend may be decorated.
 */
public record OwnDevice(String name, UnaryOperator<Backend> decorator) implements BackendProvider {
  /** A device of a backend name that is used nowhere else. */
  public static Device of(String name) {
    return of(name, backend -> backend);
  }

  /** A device whose backend is decorated. */
  public static Device of(String name, UnaryOperator<Backend> decorator) {
    Backends.register(new OwnDevice(name, decorator));
    return new Device(name, 0);
  }

  /** The bytes that tensors hold on a device. */
  public static long live(Device device) {
    return Backends.open(device).memory().stats().live();
  }

  @Override
  public int rank() {
    return -1;
  }

  @Override
  public Availability availability() {
    return Availability.yes("for a test");
  }

  @Override
  public int deviceCount() {
    return 1;
  }

  @Override
  public Backend open(int index) {
    return decorator.apply(new ReferenceProvider().open(0));
  }

  @Override
  public Map<String, String> details() {
    return Map.of();
  }
}
