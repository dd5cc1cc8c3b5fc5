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
 * by loading. The copies follow them before each step: those that are trained all together, the
 * others, such as those of a frozen layer, one by one when they have changed.
 */
final class Mirrors implements AutoCloseable {
  private final List<Device> devices;
  private final int own;
  private final Map<Parameter, Mirror> mirrors = new LinkedHashMap<>();
  private List<Parameter> sent = List.of();
  private Broadcast broadcast;

  Mirrors(List<Device> devices, int own) {
    this.devices = devices;
    this.own = own;
  }

  /** The copies of one weight, null on its own device, and what they were copied from. */
  private record Mirror(Tensor[] copies, Tensor source, int version) {
    void close() {
      for (Tensor copy : copies) {
        if (copy != null) {
          copy.close();
        }
      }
    }
  }

  /**
   * Makes all copies equal to the weights.
   *
   * @param parameters all of the model, with values
   * @param trained those that each step changes
   */
  void follow(List<Parameter> parameters, List<Parameter> trained) {
    List<Tensor> values = trained.stream().map(Parameter::value).toList();
    List<AllReduce.Place> places = AllReduce.places(values);
    if (!trained.equals(sent) || broadcast == null || !broadcast.places().equals(places)) {
      mirrorTogether(trained, values, places);
    }
    broadcast.send(values);
    Set<Parameter> done = Set.copyOf(trained);
    for (Parameter parameter : parameters) {
      if (!done.contains(parameter)) {
        mirrorAlone(parameter);
      }
    }
  }

  private void mirrorTogether(
      List<Parameter> trained, List<Tensor> values, List<AllReduce.Place> places) {
    closeBroadcast();
    broadcast = new Broadcast(devices, own, places);
    sent = List.copyOf(trained);
    for (int i = 0; i < trained.size(); i++) {
      Tensor[] copies = new Tensor[devices.size()];
      for (int device = 0; device < copies.length; device++) {
        copies[device] = device == own ? null : broadcast.copy(device, i);
      }
      hold(trained.get(i), new Mirror(copies, values.get(i), 0));
    }
  }

  private void mirrorAlone(Parameter parameter) {
    Tensor value = parameter.value();
    Mirror mirror = mirrors.get(parameter);
    if (mirror == null || mirror.source != value) {
      mirror = hold(parameter, new Mirror(copies(value), value, -1));
    }
    if (mirror.version != value.version()) {
      for (int i = 0; i < mirror.copies.length; i++) {
        Tensor copy = mirror.copies[i];
        if (copy != null) {
          ReplicaException.on(devices.get(i), i, () -> copy.assign(value));
        }
      }
      mirrors.put(parameter, new Mirror(mirror.copies, value, value.version()));
    }
  }

  private Mirror hold(Parameter parameter, Mirror mirror) {
    for (Tensor copy : mirror.copies) {
      if (copy != null && mirror.source.isTracked()) {
        copy.requiresGrad();
      }
    }
    Mirror before = mirrors.put(parameter, mirror);
    parameter.replicas(mirror.copies);
    if (before != null) {
      before.close();
    }
    return mirror;
  }

  private Tensor[] copies(Tensor value) {
    Tensor[] copies = new Tensor[devices.size()];
    Layout layout = Layout.inOrderOf(value.layout(), value.shape());
    for (int i = 0; i < copies.length; i++) {
      if (i != own) {
        try (Tensor made =
            Tensor.allocate(Backends.open(devices.get(i)), value.dtype(), layout, "replica")) {
          copies[i] = made.owned();
        }
      }
    }
    return copies;
  }

  private void closeBroadcast() {
    if (broadcast != null) {
      broadcast.close();
      broadcast = null;
    }
  }

  @Override
  public void close() {
    mirrors.forEach(
        (parameter, mirror) -> {
          parameter.replicas(null);
          mirror.close();
        });
    mirrors.clear();
    closeBroadcast();
  }
}
