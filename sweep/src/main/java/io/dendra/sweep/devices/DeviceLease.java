package io.dendra.sweep.devices;

import io.dendra.backend.ThreadLimit;
import io.dendra.tensor.Device;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

/** A slot of a device, for one trial at a time. */
public final class DeviceLease implements AutoCloseable {
  private final DevicePool pool;
  private final Device device;
  private final String name;
  private final OptionalInt threads;

  DeviceLease(DevicePool pool, Device device, String name, OptionalInt threads) {
    this.pool = pool;
    this.device = device;
    this.name = name;
    this.threads = threads;
  }

  /** The device. */
  public Device device() {
    return device;
  }

  /** How many threads an operation may take at most, where that is limited. */
  public OptionalInt threads() {
    return threads;
  }

  /** Calls something on this thread within the limit of threads. */
  public <T> T withThreads(Callable<T> body) throws Exception {
    return threads.isPresent() ? ThreadLimit.call(threads.getAsInt(), body) : body.call();
  }

  /** Gives the slot back. */
  @Override
  public void close() {
    pool.giveBack(this);
  }

  /** The device, and which of its slots if it has several: {@code cuda:1/0}. */
  @Override
  public String toString() {
    return name;
  }
}
