package io.dendra.training.parallel;

import io.dendra.backend.Backends;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of tensors of one device on all others.
 *
 * <p>They are packed into a flat tensor per type, which goes from device to device in pieces: while
 * one passes a piece on, it receives the next. The copies are parts of the flat tensors, so they
 * are there when it has arrived.
 */
final class Broadcast implements AutoCloseable {
  /** In elements: large enough that a copy's cost is its bytes. */
  private static final long PIECE = 1 << 20;

  private final List<Device> devices;
  private final int root;
  private final List<AllReduce.Place> places;
  private final Map<DType, List<Tensor>> flat = new EnumMap<>(DType.class);

  /**
   * A broadcast from one of the devices.
   *
   * @param places of the tensors in the flat ones
   */
  Broadcast(List<Device> devices, int root, List<AllReduce.Place> places) {
    this.devices = devices;
    this.root = root;
    this.places = places;
    try {
      AllReduce.sizes(places)
          .forEach(
              (dtype, size) -> {
                List<Tensor> each = new ArrayList<>();
                flat.put(dtype, each);
                for (Device device : devices) {
                  try (Tensor made = Tensor.full(Shape.of(size), 0, dtype, device)) {
                    each.add(made.owned());
                  }
                }
              });
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The places of the tensors. */
  List<AllReduce.Place> places() {
    return places;
  }

  /** A copy on a device, which the caller has to close. */
  Tensor copy(int device, int tensor) {
    AllReduce.Place place = places.get(tensor);
    try (Tensor part = flat.get(place.dtype()).get(device).withLayout(place.layout())) {
      return part.owned();
    }
  }

  /** Makes all copies equal to the tensors, which are on the root. */
  void send(List<Tensor> tensors) {
    ReplicaException.on(devices.get(root), root, () -> pack(tensors));
    for (List<Tensor> each : flat.values()) {
      long size = each.get(root).size();
      for (long start = 0; start < size; start += PIECE) {
        long length = Math.min(PIECE, size - start);
        for (int step = 1; step < devices.size(); step++) {
          pass(each, at(step - 1), at(step), start, length);
        }
      }
      each.forEach(Tensor::written);
    }
  }

  private int at(int step) {
    return (root + step) % devices.size();
  }

  private void pack(List<Tensor> tensors) {
    for (int i = 0; i < tensors.size(); i++) {
      try (Tensor packed = copy(root, i)) {
        packed.assign(tensors.get(i));
      }
    }
  }

  private void pass(List<Tensor> each, int from, int to, long start, long length) {
    Layout piece = Layout.of(Shape.of(length), new long[] {1}, start);
    View in = each.get(from).view().with(piece);
    View out = each.get(to).view().with(piece);
    ReplicaException.on(
        devices.get(to),
        to,
        () ->
            Backends.open(devices.get(to))
                .backend()
                .copyFrom(Backends.open(devices.get(from)).backend(), in, out));
  }

  @Override
  public void close() {
    flat.values().forEach(each -> each.forEach(Tensor::close));
    flat.clear();
  }
}
