package io.dendra.sweep.devices;

import io.dendra.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The devices of a sweep: each trial leases a slot of one. */
public final class DevicePool {
  private final List<String> names = new ArrayList<>();
  private final BlockingQueue<DeviceLease> free = new LinkedBlockingQueue<>();

  private DevicePool(List<Device> devices, int slots) {
    for (int slot = 0; slot < slots; slot++) {
      for (Device device : devices) {
        DeviceLease lease = new DeviceLease(this, device, slot, slots);
        names.add(lease.toString());
        free.add(lease);
      }
    }
  }

  /** A pool of devices with a number of slots each. */
  public static DevicePool of(List<Device> devices, int slots) {
    return new DevicePool(devices, slots);
  }

  /** The names of all slots. */
  public List<String> slots() {
    return List.copyOf(names);
  }

  /** Takes a slot, waiting until one is free; it goes back by {@link DeviceLease#close}. */
  public DeviceLease lease() throws InterruptedException {
    return free.take();
  }

  void giveBack(DeviceLease lease) {
    free.add(lease);
  }
}
