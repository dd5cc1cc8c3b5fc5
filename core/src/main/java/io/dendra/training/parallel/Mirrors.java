package io.dendra.training.parallel;

import io.dendra.backend.Backends;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The copies of a model's weights on the devices beside its own.
 *
 * <p>The model's own weights are the truth: they alone are changed by the optimizer, by callbacks,
 * by loading. The copies follow them before each step.
 */
final class Mirrors implements AutoCloseable {
  private final List<Device> devices;
  private final Map<Parameter, Mirror> mirrors = new LinkedHashMap<>();

  Mirrors(List<Device> devices) {
    this.devices = devices;
  }

  /** The copies of one weight, and what they were copied from. */
  private static final class Mirror {
    private Tensor[] copies;
    private Tensor source;
    private int version = -1;
  }

  /**
   * Makes all copies equal to the weights.
   *
   * @param parameters all of the model, with values
   * @param trained those that each step changes
   */
  void follow(List<Parameter> parameters, Set<Parameter> trained) {
    for (Parameter parameter : parameters) {
      Mirror mirror = mirrors.computeIfAbsent(parameter, key -> new Mirror());
      Tensor value = parameter.value();
      if (mirror.source != value) {
        close(mirror.copies);
        mirror.copies = copies(value);
        mirror.source = value;
        mirror.version = -1;
        parameter.replicas(mirror.copies);
      }
      if (trained.contains(parameter) || mirror.version != value.version()) {
        mirror.version = value.version();
        for (int i = 0; i < mirror.copies.length; i++) {
          Tensor copy = mirror.copies[i];
          if (copy != null) {
            ReplicaException.on(devices.get(i), i, () -> copy.assign(value));
          }
        }
      }
    }
  }

  /** A copy for each device but the one on which the values are; null there. */
  private Tensor[] copies(Tensor value) {
    Tensor[] copies = new Tensor[devices.size()];
    try {
      for (int i = 0; i < copies.length; i++) {
        if (!devices.get(i).equals(value.device())) {
          copies[i] = copy(value, devices.get(i));
        }
      }
      return copies;
    } catch (RuntimeException e) {
      close(copies);
      throw e;
    }
  }

  private static Tensor copy(Tensor value, Device device) {
    Layout layout = Layout.inOrderOf(value.layout(), value.shape());
    try (Tensor made = Tensor.allocate(Backends.open(device), value.dtype(), layout, "replica")) {
      Tensor copy = made.owned();
      return value.isTracked() ? copy.requiresGrad() : copy;
    }
  }

  private static void close(Tensor[] copies) {
    if (copies != null) {
      for (Tensor copy : copies) {
        if (copy != null) {
          copy.close();
        }
      }
    }
  }

  @Override
  public void close() {
    mirrors.forEach(
        (parameter, mirror) -> {
          parameter.replicas(null);
          close(mirror.copies);
        });
    mirrors.clear();
  }
}
