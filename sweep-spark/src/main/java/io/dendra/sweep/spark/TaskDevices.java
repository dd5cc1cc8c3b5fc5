package io.dendra.sweep.spark;

import io.dendra.backend.Backends;
import io.dendra.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * The devices that Spark gave to a task.
 *
 * <p>Spark's discovery script names GPUs by number, as {@code nvidia-smi} does, or by UUID. CUDA
 * numbers the ones that a process may see, in the order of {@code CUDA_VISIBLE_DEVICES} where that
 * is set. So an address that the variable lists means its place in the list. One that it does not
 * list is a number within the list already, as where a container shows a process its own GPUs
 * alone. Without the variable the address is the device's number.
 */
public final class TaskDevices {
  private TaskDevices() {}

  /**
   * The devices of the running trial: for an objective that trains on several GPUs at once, when
   * {@code spark.task.resource.gpu.amount} is 2 or more. Without GPUs of Spark's, the default
   * device.
   *
   * @throws IllegalStateException when no task of Spark runs on this thread
   */
  public static List<Device> current() {
    TaskContext task = TaskContext.get();
    if (task == null) {
      throw new IllegalStateException(
          "this thread runs no task of Spark: ask from within an objective, on its own thread");
    }
    return of(addresses(task), null, System.getenv("CUDA_VISIBLE_DEVICES"));
  }

  static List<String> addresses(TaskContext task) {
    ResourceInformation gpus = task.resourcesJMap().get("gpu");
    return gpus == null ? List.of() : List.of(gpus.addresses());
  }

  /**
   * The devices of addresses.
   *
   * @param backend to use, null for CUDA where there are GPUs and else the default
   * @param visible the variable, null where it is not set
   */
  static List<Device> of(List<String> addresses, String backend, String visible) {
    if (backend != null && !backend.equals("cuda")) {
      return List.of(Device.of(backend));
    }
    if (addresses.isEmpty()) {
      return List.of(backend == null ? Backends.defaultDevice() : Device.of(backend));
    }
    List<Device> devices = new ArrayList<>();
    for (String address : addresses) {
      devices.add(new Device("cuda", index(address.strip(), visible)));
    }
    return devices;
  }

  private static int index(String address, String visible) {
    int number = address.matches("[0-9]{1,4}") ? Integer.parseInt(address) : -1;
    if (visible == null || visible.isBlank()) {
      if (number < 0) {
        throw new IllegalStateException(
            "Spark gave GPU '"
                + address
                + "', and CUDA knows devices by number: have the discovery script print numbers, or"
                + " set CUDA_VISIBLE_DEVICES for the executors");
      }
      return number;
    }
    List<String> listed = List.of(visible.split(",", -1));
    for (int i = 0; i < listed.size(); i++) {
      if (isNamed(address, listed.get(i).strip())) {
        return i;
      }
    }
    if (number >= 0 && number < listed.size()) {
      return number;
    }
    throw new IllegalStateException(
        "Spark gave GPU '" + address + "', but CUDA_VISIBLE_DEVICES is '" + visible + "'");
  }

  /** CUDA takes the beginning of a UUID for the whole. */
  private static boolean isNamed(String address, String entry) {
    return address.equals(entry)
        || ((entry.startsWith("GPU-") || entry.startsWith("MIG-")) && address.startsWith(entry));
  }
}
