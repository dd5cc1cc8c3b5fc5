package io.dendra.backend.cuda;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.cuda.driver.Blas;
import io.dendra.backend.cuda.driver.Dnn;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/**
 * A convolution as cuDNN takes it: over at least two spatial dimensions, with the same padding
 * before and after. What the padding lacks on one side is part of the input, which then has to be
 * copied.
 */
final class ConvolutionGeometry {
  private static final int LEAST_RANK = 4;

  private final ConvSpec spec;
  private final Shape input;
  private final Shape w;
  private final Shape y;
  private final int[] padding;
  private final long[] before;
  private final Shape x;

  ConvolutionGeometry(ConvSpec spec, Shape input, Shape w, Shape y) {
    this.spec = spec;
    this.input = input;
    this.w = w;
    this.y = y;
    int n = spec.spatialRank();
    padding = new int[n];
    before = new long[n];
    Shape padded = input;
    for (int i = 0; i < n; i++) {
      int low = spec.padLow()[i];
      int high = spec.padHigh()[i];
      long length = input.dim(i + 2);
      long reach = (w.dim(i + 2) - 1) * spec.dilation()[i] + 1;
      long used = (y.dim(i + 2) - 1) * spec.strides()[i] + reach;
      long after = 0;
      if ((length + 2L * low - reach) / spec.strides()[i] + 1 == y.dim(i + 2)
          && length + 2L * low >= reach) {
        padding[i] = low;
      } else if (low < high) {
        padding[i] = low;
        after = used - length - 2L * low;
      } else {
        padding[i] = high;
        before[i] = (long) low - high;
      }
      padded = padded.with(i + 2, length + before[i] + after);
    }
    x = padded;
  }

  /** Whether the input has to be copied into a larger one. */
  boolean isPadded() {
    return !x.equals(input);
  }

  /** Whether every operand is small enough for cuDNN. */
  boolean fits() {
    return x.size() <= Integer.MAX_VALUE
        && w.size() <= Integer.MAX_VALUE
        && y.size() <= Integer.MAX_VALUE;
  }

  Dnn.ConvolutionShape describe(DType type, boolean channelsLast, Blas.Precision precision) {
    return new Dnn.ConvolutionShape(
        type,
        channelsLast,
        dims(x),
        dims(w),
        dims(y),
        spatial(padding, 0),
        spatial(spec.strides(), 1),
        spatial(spec.dilation(), 1),
        spec.groups(),
        precision);
  }

  /** With one spatial dimension more in front where there is only one. */
  private static int[] dims(Shape shape) {
    int rank = Math.max(shape.rank(), LEAST_RANK);
    int added = rank - shape.rank();
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = i >= 2 && i < 2 + added ? 1 : Math.toIntExact(shape.dim(i < 2 ? i : i - added));
    }
    return dims;
  }

  private static int[] spatial(int[] values, int absent) {
    return values.length > 1 ? values : new int[] {absent, values[0]};
  }

  /** How the input, filter and output have to lie in memory. */
  Layout[] layouts(boolean channelsLast) {
    return new Layout[] {packed(x, channelsLast), packed(w, channelsLast), packed(y, channelsLast)};
  }

  private static Layout packed(Shape shape, boolean channelsLast) {
    if (!channelsLast) {
      return Layout.contiguous(shape);
    }
    int rank = shape.rank();
    long[] strides = new long[rank];
    strides[1] = 1;
    long step = Math.max(1, shape.dim(1));
    for (int i = rank - 1; i >= 0; i--) {
      if (i != 1) {
        strides[i] = step;
        step *= Math.max(1, shape.dim(i));
      }
    }
    return Layout.of(shape, strides, 0);
  }

  /** Whether an operand lies without gaps in one of the two memory orders. */
  static boolean isPacked(Layout layout, boolean channelsLast) {
    if (!channelsLast) {
      return layout.isContiguous();
    }
    Shape shape = layout.shape();
    if (shape.dim(1) > 1 && layout.stride(1) != 1) {
      return false;
    }
    long step = shape.dim(1);
    for (int i = shape.rank() - 1; i >= 0; i--) {
      if (i != 1 && shape.dim(i) > 1 && layout.stride(i) != step) {
        return false;
      }
      step *= i == 1 ? 1 : shape.dim(i);
    }
    return true;
  }

  /** The place of the input in the padded one. */
  Layout interior(Layout padded) {
    Layout layout = padded;
    for (int i = 0; i < before.length; i++) {
      layout = layout.slice(i + 2, before[i], input.dim(i + 2), 1);
    }
    return layout;
  }
}
