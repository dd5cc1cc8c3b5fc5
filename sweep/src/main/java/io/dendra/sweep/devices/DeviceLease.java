package io.dendra.sweep.devices;

import io.dendra.tensor.Device;

/** A slot of a device, for one trial at a time. */
public final class DeviceLease implements AutoCloseable {
  private final DevicePool pool;
  private final Device device;
  private final String name;

  DeviceLease(DevicePool pool, Device device, int slot, int slots) {
    this.pool = pool;
    this.device = device;
    this.name = slots == 1 ? device.toString() : device + "/" + slot;
  }

  /** The device. */
  public Device device() {
    return device;
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
