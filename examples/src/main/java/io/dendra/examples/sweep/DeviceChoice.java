package io.dendra.examples.sweep;

import io.dendra.backend.Backends;
import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.Failure;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.tensor.Device;
import io.dendra.training.parallel.DeviceList;
import java.util.List;

/** The devices that options name. */
final class DeviceChoice {
  private static final String ALL = "all";

  private DeviceChoice() {}

  /** Starts them all, so that one that cannot start is known before any trial. */
  static DevicePool pool(BackendOption backend, RunOptions options) {
    if (options.slots != null && options.workers != null) {
      throw new Failure("--slots and --workers say the same: give one of them");
    }
    if (options.slots() < 1) {
      throw new Failure("at least one trial has to run at a time, given " + options.slots());
    }
    List<Device> devices = devices(backend, options);
    devices.forEach(Backends::open);
    if (options.threads == null) {
      return DevicePool.of(devices, options.slots());
    }
    if (!devices.equals(List.of(Device.of("cpu")))) {
      throw new Failure("--threads is for trials on the CPU, but they run on " + devices);
    }
    return DevicePool.cpu(options.slots(), options.threads);
  }

  private static List<Device> devices(BackendOption backend, RunOptions options) {
    if (options.devices.isEmpty()) {
      return List.of(backend.open().device());
    }
    if (options.devices.equals(List.of(ALL))) {
      return DeviceList.of(backend.open().device().backend() + ":*");
    }
    if (options.devices.contains(ALL)) {
      throw new Failure("--devices all leaves nothing to add, given " + options.devices);
    }
    if (backend.isGiven()) {
      throw new Failure("--devices names the backends too: leave --backend out");
    }
    return DeviceList.of(options.devices.toArray(String[]::new));
  }
}
