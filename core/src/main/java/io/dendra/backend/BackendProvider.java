package io.dendra.backend;

import java.util.Map;

/**
 * Makes a kind of backend known; found by {@link java.util.ServiceLoader}.
 *
 * <p>Loading the provider loads no native code and starts nothing.
 */
public interface BackendProvider {
  /** The name in the backend flag: {@code cpu}, {@code cuda}. */
  String name();

  /** Where {@code auto} ranks it: the highest available wins. */
  int rank();

  /**
   * Whether it can be used here; never throws, and answers the same for the life of the process.
   */
  Availability availability();

  /**
   * Begins what takes long when it starts, since it will most likely be used soon; called once, in
   * a thread of its own. May fail, and fixes nothing that a setting could still change.
   */
  default void prepare() {}

  /** The number of devices, 0 when it is not available. */
  int deviceCount();

  /**
   * The backend of one device, a new one at each call.
   *
   * @throws BackendException when it cannot be started, with the reason
   */
  Backend open(int index);

  /** What {@code doctor} prints beside it: versions, threads, memory, by name. */
  Map<String, String> details();
}
