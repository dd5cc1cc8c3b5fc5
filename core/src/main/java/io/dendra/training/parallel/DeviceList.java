package io.dendra.training.parallel;

import io.dendra.backend.Availability;
import io.dendra.backend.BackendException;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.Backends;
import io.dendra.models.Model;
import io.dendra.tensor.Device;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The devices that a training, or the trials of a sweep, are spread over. */
public final class DeviceList {
  private static final String ALL = ":*";

  private DeviceList() {}

  /**
   * The devices of names such as {@code cuda:0}; {@code cuda:*} stands for all of a backend.
   *
   * @throws IllegalArgumentException when there is none, one comes twice, or a name has another
   *     form
   * @throws BackendException when a backend named with {@code :*} is not there or cannot be used
   */
  public static List<Device> of(String... names) {
    List<Device> devices = new ArrayList<>();
    for (String name : names) {
      if (name.endsWith(ALL)) {
        devices.addAll(all(name.substring(0, name.length() - ALL.length())));
      } else {
        devices.add(Device.of(name));
      }
    }
    return checked(devices);
  }

  private static List<Device> all(String backend) {
    BackendProvider provider = Backends.provider(backend);
    Availability availability = provider.availability();
    if (!availability.available()) {
      throw new BackendException(
          "backend '" + backend + "' cannot be used here: " + availability.detail());
    }
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < provider.deviceCount(); i++) {
      devices.add(new Device(backend, i));
    }
    return devices;
  }

  /**
   * The devices, each once.
   *
   * @throws IllegalArgumentException when there is none or one comes twice
   */
  public static List<Device> checked(List<Device> devices) {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException(
          "at least one device is needed: give their names, such as \"cuda:0\", \"cuda:1\", or"
              + " \"cuda:*\" for all");
    }
    Set<Device> seen = new LinkedHashSet<>();
    for (Device device : devices) {
      if (!seen.add(device)) {
        throw new IllegalArgumentException(
            "device " + device + " comes twice in " + devices + ": name each device once");
      }
    }
    return List.copyOf(devices);
  }

  /** Starts them all, so that one that cannot start is known before any work. */
  static List<Device> opened(List<Device> devices) {
    List<Device> checked = checked(devices);
    checked.forEach(Backends::open);
    return checked;
  }

  /**
   * Which of the devices is the model's; one that has been nowhere goes to the first.
   *
   * @throws IllegalArgumentException when it is on another
   */
  public static int place(Model model, List<Device> devices) {
    if (!model.isPlaced()) {
      model.to(devices.get(0));
    }
    int place = devices.indexOf(model.device());
    if (place < 0) {
      throw new IllegalArgumentException(
          "the model is on "
              + model.device()
              + ", which is not among the devices "
              + devices
              + ": move it there with model.to(Device.of(\""
              + devices.get(0)
              + "\")), or add its device");
    }
    return place;
  }
}
