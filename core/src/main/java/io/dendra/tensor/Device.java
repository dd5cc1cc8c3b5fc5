package io.dendra.tensor;

import io.dendra.backend.Backends;
import io.dendra.backend.MemoryStats;

/**
 * Where a tensor lives and is computed: a backend's name and the number of one of its devices.
 *
 * <pre>{@code
 * Device gpu = Device.of("cuda:1");
 * Device cpu = Device.of("cpu");
 * }</pre>
 *
 * @param backend the name of the backend: {@code cpu}, {@code cuda}, {@code reference}
 * @param index the number of the device, from 0
 */
public record Device(String backend, int index) {
  /** Checks the number. */
  public Device {
    if (backend.isEmpty() || index < 0) {
      throw new IllegalArgumentException(
          "a device is a backend's name and a number from 0, given '"
              + backend
              + ":"
              + index
              + "'");
    }
  }

  /**
   * The device of a name such as {@code cpu} or {@code cuda:1}. Nothing is started.
   *
   * @throws IllegalArgumentException when the text is not of that form
   */
  public static Device of(String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      return new Device(name, 0);
    }
    try {
      return new Device(name.substring(0, colon), Integer.parseInt(name.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + name + "' is no device: write backend or backend:number, such as cpu or cuda:1", e);
    }
  }

  /**
   * What its memory pool holds; starts the device if it is not in use yet.
   *
   * @throws io.dendra.backend.BackendException when it cannot be started, with the reason
   */
  public MemoryStats memoryStats() {
    return Backends.open(this).memory().stats();
  }

  /** The name that {@link #of} takes: {@code cuda:1}, or {@code cpu} for the first device. */
  @Override
  public String toString() {
    return index == 0 ? backend : backend + ":" + index;
  }
}
