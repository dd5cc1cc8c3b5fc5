package io.dendra.sweep.devices;

import io.dendra.backend.Backends;
import io.dendra.tensor.Device;
import io.dendra.training.parallel.DeviceList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The devices of one or several sweeps: each trial leases a slot of one, and nothing else runs on
 * that slot meanwhile.
 *
 * <pre>{@code
 * DevicePool.of("cuda:*")                 // every GPU, a trial on each
 * DevicePool.of("cuda:0", "cuda:1").slots(2)  // two trials on each of two
 * DevicePool.cpu(4, 2)                    // four trials on the CPU with two threads each
 * }</pre>
 *
 * <p>Whoever waits longest gets the next slot, on the device with the fewest trials; so sweeps that
 * share a pool share it evenly.
 */
public final class DevicePool {
  /** How often those who wait look whether they still want to. */
  private static final long LOOK_MILLIS = 200;

  private final List<Device> devices;
  private final OptionalInt threads;
  private final List<DeviceLease> all = new ArrayList<>();
  private final Set<DeviceLease> free = new LinkedHashSet<>();
  private final Deque<Object> waiting = new ArrayDeque<>();
  private final Map<Device, Throwable> lost = new LinkedHashMap<>();

  private DevicePool(List<Device> devices, int slots, OptionalInt threads) {
    if (slots < 1) {
      throw new IllegalArgumentException("a device has at least one slot, given " + slots);
    }
    this.devices = DeviceList.checked(devices);
    this.threads = threads;
    for (int slot = 0; slot < slots; slot++) {
      for (Device device : this.devices) {
        String name = slots == 1 ? device.toString() : device + "/" + slot;
        all.add(new DeviceLease(this, device, name, threads));
      }
    }
    free.addAll(all);
  }

  /**
   * A pool of devices by name, one trial at a time on each; {@code cuda:*} stands for all of a
   * backend.
   *
   * @throws io.dendra.backend.BackendException when there is no such device, with the reason
   * @throws IllegalArgumentException when none is named, or one twice
   */
  public static DevicePool of(String... names) {
    List<Device> devices = DeviceList.of(names);
    devices.forEach(Backends::requireDevice);
    return new DevicePool(devices, 1, OptionalInt.empty());
  }

  /** A pool of devices with a number of slots each. */
  public static DevicePool of(List<Device> devices, int slots) {
    return new DevicePool(devices, slots, OptionalInt.empty());
  }

  /**
   * A pool of slots on the CPU.
   *
   * @param threads how many an operation of a trial may take at most; slots times threads is best
   *     the number of cores
   */
  public static DevicePool cpu(int slots, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a slot has at least one thread, given " + threads);
    }
    Device cpu = Device.of("cpu");
    Backends.requireDevice(cpu);
    return new DevicePool(List.of(cpu), slots, OptionalInt.of(threads));
  }

  /** A new pool of the same devices with that many slots each: trials that run there at once. */
  public DevicePool slots(int slots) {
    return new DevicePool(devices, slots, threads);
  }

  /** The names of all slots, those of lost devices included. */
  public List<String> slots() {
    return all.stream().map(DeviceLease::toString).toList();
  }

  /**
   * Takes a slot, waiting until one is free; it goes back by {@link DeviceLease#close}.
   *
   * @throws NoDeviceException when all devices are lost
   */
  public DeviceLease lease() throws InterruptedException {
    return lease(() -> true).orElseThrow();
  }

  /**
   * Takes a slot, waiting for as long as it is wanted.
   *
   * @param wanted is asked a few times each second; nothing long should hang on it
   * @return empty when it is not wanted any more
   * @throws NoDeviceException when all devices are lost
   */
  public synchronized Optional<DeviceLease> lease(BooleanSupplier wanted)
      throws InterruptedException {
    Object me = new Object();
    waiting.add(me);
    try {
      while (wanted.getAsBoolean()) {
        requireOne();
        if (waiting.peek() == me && !free.isEmpty()) {
          DeviceLease slot =
              free.stream().min(Comparator.comparingLong(this::busySlots)).orElseThrow();
          free.remove(slot);
          return Optional.of(slot);
        }
        wait(LOOK_MILLIS);
      }
      return Optional.empty();
    } finally {
      waiting.remove(me);
      notifyAll();
    }
  }

  private long busySlots(DeviceLease slot) {
    return all.stream()
        .filter(other -> other.device().equals(slot.device()) && !free.contains(other))
        .count();
  }

  private void requireOne() {
    if (lost.size() == devices.size()) {
      StringBuilder text = new StringBuilder("all devices of the pool are lost:");
      lost.forEach(
          (device, cause) ->
              text.append(' ').append(device).append(" (").append(cause).append(")"));
      throw new NoDeviceException(text.toString());
    }
  }

  synchronized void giveBack(DeviceLease lease) {
    if (!lost.containsKey(lease.device())) {
      free.add(lease);
    }
    notifyAll();
  }

  /**
   * Takes a device out: no more slots of it are leased.
   *
   * @return whether it was in until now
   */
  public synchronized boolean lose(Device device, Throwable cause) {
    boolean first = devices.contains(device) && lost.putIfAbsent(device, cause) == null;
    free.removeIf(slot -> slot.device().equals(device));
    notifyAll();
    return first;
  }

  /** The devices that can be used. */
  public synchronized List<Device> devices() {
    return devices.stream().filter(device -> !lost.containsKey(device)).toList();
  }
}
