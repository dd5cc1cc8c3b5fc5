package io.dendra.training.parallel;

import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Sums a list of tensors over devices, element by element; every device gets all sums, the same
 * bits on each.
 *
 * <p>The tensors of one type lie one behind the other in a flat tensor per device, so that a sum
 * takes few calls however many tensors there are. The flat tensors stay until it is closed.
 *
 * <pre>{@code
 * try (AllReduce reduce = new AllReduce(devices, AllReduce.places(tensorsOfOneDevice))) {
 *   for (int i = 0; i < devices.size(); i++) {
 *     reduce.put(i, tensorsOf(i));
 *   }
 *   reduce.sum();
 *   List<Tensor> sums = reduce.results(0);
 * }
 * }</pre>
 */
public final class AllReduce implements AutoCloseable {
  /**
   * Where a tensor lies in the flat one of its type.
   *
   * @param dtype its type
   * @param layout in the memory order of the tensor, without gaps
   */
  public record Place(DType dtype, Layout layout) {}

  private final List<Place> places;
  private final Map<DType, Ring> rings = new EnumMap<>(DType.class);

  /**
   * For tensors that lie at the given places.
   *
   * @throws io.dendra.backend.BackendException when a device cannot be started
   */
  public AllReduce(List<Device> devices, List<Place> places) {
    this.places = List.copyOf(places);
    try {
      sizes(places).forEach((dtype, size) -> rings.put(dtype, new Ring(devices, dtype, size)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** How long the flat tensor of each type is. */
  static Map<DType, Long> sizes(List<Place> places) {
    Map<DType, Long> sizes = new EnumMap<>(DType.class);
    for (Place place : places) {
      sizes.merge(place.dtype, end(place.layout), Math::max);
    }
    return sizes;
  }

  /** Places for tensors like these, one behind the other. */
  public static List<Place> places(List<Tensor> tensors) {
    Map<DType, Long> ends = new EnumMap<>(DType.class);
    List<Place> places = new ArrayList<>();
    for (Tensor tensor : tensors) {
      requireNumbers(tensor);
      long start = ends.getOrDefault(tensor.dtype(), 0L);
      Layout dense = Layout.inOrderOf(tensor.layout(), tensor.shape());
      Layout layout = Layout.of(tensor.shape(), dense.strides(), start);
      places.add(new Place(tensor.dtype(), layout));
      ends.put(tensor.dtype(), end(layout));
    }
    return places;
  }

  private static void requireNumbers(Tensor tensor) {
    if (!tensor.dtype().isFloating() && !tensor.dtype().isInteger()) {
      throw new IllegalArgumentException(
          tensor.dtype().label() + " has no sum, given " + tensor.spec() + ": cast to float32");
    }
  }

  /** Where the next tensor begins: kernels read whole vectors from there. */
  private static long end(Layout layout) {
    long end = layout.offset() + layout.size();
    return (end + Ring.GRAIN - 1) / Ring.GRAIN * Ring.GRAIN;
  }

  /** The places it was made for. */
  public List<Place> places() {
    return places;
  }

  /** Copies the tensors of a device to their places; different devices may do it at once. */
  public void put(int device, List<Tensor> tensors) {
    if (tensors.size() != places.size()) {
      throw new IllegalArgumentException(
          "made for " + places.size() + " tensors, given " + tensors.size());
    }
    List<Tensor> slots = results(device);
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).assign(tensors.get(i));
    }
  }

  /** Makes a device one that adds nothing. */
  public void putZeros(int device) {
    for (Ring ring : rings.values()) {
      Tensor flat = ring.flat(device);
      flat.openDevice().backend().fill(flat.view(), 0);
      flat.written();
    }
  }

  /** Sums what has been put, on all devices. */
  public void sum() {
    rings.values().forEach(Ring::sum);
  }

  /** The tensors at their places on a device, which the next sum overwrites. */
  public List<Tensor> results(int device) {
    List<Tensor> results = new ArrayList<>();
    for (Place place : places) {
      results.add(rings.get(place.dtype).flat(device).withLayout(place.layout));
    }
    return results;
  }

  /**
   * The sums of lists of tensors, one list per device.
   *
   * @param perDevice tensors of the same shapes and types in each list, all of a list on one device
   * @return the sums on each device
   */
  public static List<List<Tensor>> sum(List<List<Tensor>> perDevice) {
    if (perDevice.isEmpty() || perDevice.get(0).isEmpty()) {
      return perDevice;
    }
    List<Device> devices = perDevice.stream().map(tensors -> tensors.get(0).device()).toList();
    try (AllReduce reduce = new AllReduce(devices, places(perDevice.get(0)))) {
      for (int i = 0; i < devices.size(); i++) {
        reduce.put(i, perDevice.get(i));
      }
      reduce.sum();
      List<List<Tensor>> sums = new ArrayList<>();
      for (int i = 0; i < devices.size(); i++) {
        sums.add(reduce.results(i));
      }
      return sums;
    }
  }

  @Override
  public void close() {
    rings.values().forEach(Ring::close);
  }
}
