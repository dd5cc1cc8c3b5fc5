package io.dendra.tck;

import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.lang.reflect.Array;

/** Ways in which the same values can lie in memory. */
enum MemoryOrder {
  /** Row-major from the start. */
  CONTIGUOUS {
    @Override
    Layout layout(Shape shape) {
      return Layout.contiguous(shape);
    }
  },
  /** Row-major, behind others. */
  OFFSET {
    @Override
    Layout layout(Shape shape) {
      return Layout.of(shape, Layout.contiguous(shape).strides(), 5);
    }
  },
  /** Dimensions in the opposite order. */
  TRANSPOSED {
    @Override
    Layout layout(Shape shape) {
      return ordered(shape, 0);
    }
  },
  /** The second dimension innermost, the others in their order. */
  CHANNELS_LAST {
    @Override
    Layout layout(Shape shape) {
      if (shape.rank() < 3) {
        return Layout.contiguous(shape);
      }
      long[] strides = new long[shape.rank()];
      strides[1] = 1;
      long stride = Math.max(1, shape.dim(1));
      for (int i = shape.rank() - 1; i >= 0; i--) {
        if (i != 1) {
          strides[i] = stride;
          stride *= Math.max(1, shape.dim(i));
        }
      }
      return Layout.of(shape, strides, 0);
    }
  },
  /** Every second element of a larger array, along every axis, not from its start. */
  SLICED {
    @Override
    Layout layout(Shape shape) {
      long[] wide = shape.dims();
      for (int i = 0; i < wide.length; i++) {
        wide[i] = 2 * wide[i] + 1;
      }
      long[] strides = Layout.contiguous(Shape.of(wide)).strides();
      long offset = 0;
      for (int i = 0; i < strides.length; i++) {
        offset += strides[i];
        strides[i] *= 2;
      }
      return Layout.of(shape, strides, offset);
    }
  },
  /** One row that stands for all along the first axis; the values of the others are lost. */
  BROADCAST {
    @Override
    Layout layout(Shape shape) {
      long[] strides = Layout.contiguous(shape).strides();
      if (strides.length > 0) {
        strides[0] = 0;
      }
      return Layout.of(shape, strides, 0);
    }
  };

  /** What lies between: no valid index, and visible in any sum. */
  private static final int GAP = 77;

  abstract Layout layout(Shape shape);

  private static Layout ordered(Shape shape, int innermost) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int i = innermost; i < strides.length; i++) {
      strides[i] = stride;
      stride *= Math.max(1, shape.dim(i));
    }
    return Layout.of(shape, strides, 0);
  }

  /** Values that this order can hold: for a broadcast one, the first row repeated. */
  NDArray expressible(NDArray values) {
    NDArray result = NDArray.zeros(values.dtype(), values.shape());
    long[] from = Places.of(this == BROADCAST ? layout(values.shape()) : contiguous(values));
    for (int i = 0; i < from.length; i++) {
      Array.set(result.array(), i, Array.get(values.array(), (int) from[i]));
    }
    return result;
  }

  private static Layout contiguous(NDArray values) {
    return Layout.contiguous(values.shape());
  }

  /** A tensor of the values in this order. */
  Tensor tensor(NDArray values, Device device) {
    Layout layout = layout(values.shape());
    long[] places = Places.of(layout);
    long length = layout.offset() + 1;
    for (long place : places) {
      length = Math.max(length, place + 1);
    }
    NDArray gap = NDArray.of(new int[] {GAP}).as(values.dtype());
    NDArray memory = NDArray.zeros(values.dtype(), Shape.of(length));
    for (int i = 0; i < length; i++) {
      Array.set(memory.array(), i, Array.get(gap.array(), 0));
    }
    for (int i = 0; i < places.length; i++) {
      Array.set(memory.array(), (int) places[i], Array.get(values.array(), i));
    }
    return Tensor.of(memory, device).withLayout(layout);
  }
}
