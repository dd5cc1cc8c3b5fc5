package io.dendra.tck;

import io.dendra.backend.Availability;
import io.dendra.backend.Backend;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.Backends;
import io.dendra.backend.MemoryPool;
import io.dendra.tensor.Device;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;

/**
 * A backend under test: wrapped in an {@link AssertingBackend} and known by a name of its own, so
 * that several of them, and the plain ones, live in one JVM.
 */
public final class TestedBackend {
  /** The backend that defines the right answers. */
  public static final Device REFERENCE = Device.of("reference");

  private static final Map<String, TestedBackend> KNOWN = new ConcurrentHashMap<>();

  private final String name;
  private final BackendProvider provider;

  private TestedBackend(String name, BackendProvider provider) {
    this.name = name;
    this.provider = provider;
  }

  /** The backend of a provider under the provider's name. */
  public static TestedBackend of(BackendProvider provider) {
    return of(provider.name(), provider);
  }

  /** The backend of a provider under a name that tells it from others of that provider. */
  public static TestedBackend of(String name, BackendProvider provider) {
    return of(name, provider, AssertingBackend::new);
  }

  /** The backend of a provider under a name, wrapped in something else. */
  public static TestedBackend of(
      String name, BackendProvider provider, UnaryOperator<Backend> wrapping) {
    return KNOWN.computeIfAbsent(
        "tested-" + name,
        key -> {
          Backends.register(new Wrapped(key, provider, wrapping));
          return new TestedBackend(key, provider);
        });
  }

  /** The first device; skips the test, with the reason, when the backend cannot be used here. */
  public Device device() {
    return device(0);
  }

  /** A device; skips the test, with the reason, when it is not there. */
  public Device device(int index) {
    Availability availability = provider.availability();
    Assumptions.assumeTrue(
        availability.available(), () -> name + " cannot be used here: " + availability.detail());
    Assumptions.assumeTrue(
        index < provider.deviceCount(), () -> name + " has no device number " + index);
    return new Device(name, index);
  }

  /** The memory of the first device. */
  public MemoryPool memory() {
    return Backends.open(device()).memory();
  }

  @Override
  public String toString() {
    return name;
  }

  /** The provider under its new name. */
  private record Wrapped(String name, BackendProvider provider, UnaryOperator<Backend> wrapping)
      implements BackendProvider {
    /** Never what {@code auto} takes. */
    @Override
    public int rank() {
      return Integer.MIN_VALUE;
    }

    @Override
    public Availability availability() {
      return provider.availability();
    }

    @Override
    public int deviceCount() {
      return provider.deviceCount();
    }

    @Override
    public Backend open(int index) {
      return wrapping.apply(provider.open(index));
    }

    @Override
    public Map<String, String> details() {
      return provider.details();
    }
  }
}
