package io.dendra.training.parallel;

import io.dendra.backend.Backend;
import io.dendra.backend.Backends;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums one flat tensor per device so that all hold the sum (P. Patarasuk and X. Yuan, Bandwidth
 * optimal all-reduce algorithms for clusters of workstations, 2009).
 *
 * <p>Each tensor is cut into as many chunks as there are devices. Each chunk goes once around the
 * ring while it is added up, and once more to be copied, so every device sends and receives less
 * than twice the tensor, however many there are. A chunk is added up by one chain of devices and
 * then copied: all devices hold the same bits, the same in each run.
 *
 * <p>All calls are made by the calling thread. Backends that work in the background do the steps of
 * different devices at once; their {@code copyFrom} keeps them in order.
 */
final class Ring implements AutoCloseable {
  /** In elements: chunks begin where kernels can read whole vectors. */
  static final long GRAIN = 64;

  private final List<OpenDevice> devices = new ArrayList<>();
  private final List<Tensor> flat = new ArrayList<>();
  private final List<Tensor> received = new ArrayList<>();
  private final List<Tensor> sums = new ArrayList<>();
  private final long size;
  private final long chunk;

  /** A ring with a flat tensor of zeros on each device. */
  Ring(List<Device> devices, DType dtype, long size) {
    this.size = size;
    int n = devices.size();
    this.chunk = ((size + n - 1) / n + GRAIN - 1) / GRAIN * GRAIN;
    try {
      for (Device device : devices) {
        this.devices.add(Backends.open(device));
        flat.add(owned(Tensor.full(Shape.of(size), 0, dtype, device)));
        if (n > 1) {
          received.add(owned(Tensor.full(Shape.of(chunk), 0, dtype, device)));
          sums.add(owned(Tensor.full(Shape.of(chunk), 0, dtype, device)));
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static Tensor owned(Tensor made) {
    try (made) {
      return made.owned();
    }
  }

  /** What is to be summed on a device, and then the sum. */
  Tensor flat(int device) {
    return flat.get(device);
  }

  /** Sums over all devices. */
  void sum() {
    int n = devices.size();
    for (int step = 0; step < n - 1; step++) {
      for (int i = 0; i < n; i++) {
        int from = left(i);
        Tensor partial = step == 0 ? flat.get(from) : sums.get(from);
        long start = step == 0 ? start(left(i, step + 1)) : 0;
        copy(from, partial, start, i, received.get(i), 0, length(left(i, step + 1)));
      }
      for (int i = 0; i < n; i++) {
        add(i, left(i, step + 1));
      }
    }
    for (int i = 0; i < n && n > 1; i++) {
      int own = left(i, n - 1);
      copy(i, sums.get(i), 0, i, flat.get(i), start(own), length(own));
    }
    for (int step = 0; step < n - 1; step++) {
      for (int i = 0; i < n; i++) {
        int c = left(i, step);
        copy(left(i), flat.get(left(i)), start(c), i, flat.get(i), start(c), length(c));
      }
    }
    flat.forEach(Tensor::written);
  }

  private int left(int place) {
    return left(place, 1);
  }

  private int left(int place, int by) {
    return Math.floorMod(place - by, devices.size());
  }

  private long start(int c) {
    return Math.min(size, c * chunk);
  }

  private long length(int c) {
    return start(c + 1) - start(c);
  }

  private void add(int device, int c) {
    if (length(c) > 0) {
      View own = part(flat.get(device), start(c), length(c));
      View arrived = part(received.get(device), 0, length(c));
      View sum = part(sums.get(device), 0, length(c));
      on(device, () -> backend(device).binary(BinaryOp.ADD, arrived, own, sum));
    }
  }

  private void copy(
      int from, Tensor source, long start, int to, Tensor target, long at, long length) {
    if (length == 0) {
      return;
    }
    View in = part(source, start, length);
    View out = part(target, at, length);
    if (from == to) {
      on(to, () -> backend(to).copy(in, out));
    } else {
      on(to, () -> backend(to).copyFrom(backend(from), in, out));
    }
  }

  private void on(int device, Runnable work) {
    ReplicaException.on(devices.get(device).device(), device, work);
  }

  private Backend backend(int device) {
    return devices.get(device).backend();
  }

  private static View part(Tensor flat, long start, long length) {
    return flat.view().with(Layout.of(Shape.of(length), new long[] {1}, start));
  }

  @Override
  public void close() {
    flat.forEach(Tensor::close);
    received.forEach(Tensor::close);
    sums.forEach(Tensor::close);
  }
}
