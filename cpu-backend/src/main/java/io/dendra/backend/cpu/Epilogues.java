package io.dendra.backend.cpu;

import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** The activations that end a fused product or convolution. */
final class Epilogues {
  private static final int COST = 2;

  private final CpuPool pool;
  private final Reductions reductions;

  Epilogues(CpuPool pool, Reductions reductions) {
    this.pool = pool;
    this.reductions = reductions;
  }

  /** {@code out = epilogue(out + bias)}, the bias spread over the shape of the output. */
  void apply(Epilogue epilogue, View out, View bias) {
    Cells sums = Cells.of(out);
    Cells terms = Cells.of(bias);
    FloatBuffer y = sums.floats();
    FloatBuffer b = terms.floats();
    Loop.Row row =
        (n, at, step) -> {
          for (int i = 0, p = at[0], q = at[1]; i < n; i++, p += step[0], q += step[1]) {
            y.put(q, value(epilogue, y.get(q) + b.get(p)));
          }
        };
    Loop.of(bias, out).run(pool, COST, row, terms.base, sums.base);
  }

  private static float value(Epilogue epilogue, float x) {
    return switch (epilogue) {
      case NONE -> x;
      case RELU -> Math.max(0f, x);
      case TANH -> (float) Math.tanh(x);
      case SIGMOID -> (float) Scalars.sigmoid(x);
    };
  }

  /** The gradient by what the epilogue was applied to, from the gradient by its value. */
  View gradient(Epilogue epilogue, Staging staging, View value, View gradient) {
    if (epilogue == Epilogue.NONE) {
      return gradient;
    }
    View result = staging.like(value);
    View placed = value.layout().isDense() ? result.with(unmoved(value)) : result;
    Cells y = Cells.of(value);
    Cells g = Cells.of(gradient);
    Cells d = Cells.of(placed);
    FloatBuffer values = y.floats();
    FloatBuffer gradients = g.floats();
    FloatBuffer to = d.floats();
    Loop.Row row =
        (n, at, step) -> {
          int p = at[0];
          int q = at[1];
          int r = at[2];
          for (int i = 0; i < n; i++) {
            to.put(r, gradients.get(q) * slope(epilogue, values.get(p)));
            p += step[0];
            q += step[1];
            r += step[2];
          }
        };
    Loop.of(value, gradient, placed).run(pool, COST, row, y.base, g.base, d.base);
    return placed;
  }

  private static Layout unmoved(View view) {
    return Layout.of(view.shape(), view.layout().strides(), 0);
  }

  static float slope(Epilogue epilogue, float y) {
    return switch (epilogue) {
      case NONE -> 1;
      case RELU -> y > 0 ? 1 : 0;
      case TANH -> 1 - y * y;
      case SIGMOID -> y * (1 - y);
    };
  }

  /** A vector along an axis, as a view of a rank with all other dimensions of length 1. */
  static View along(View vector, int axis, int rank) {
    long[] dims = new long[rank];
    long[] strides = new long[rank];
    Arrays.fill(dims, 1);
    dims[axis] = vector.shape().dim(0);
    strides[axis] = vector.layout().stride(0);
    return vector.with(Layout.of(Shape.of(dims), strides, vector.layout().offset()));
  }

  /** Sums over axes, which the output keeps with length 1. */
  void sum(View in, int[] axes, View out) {
    reductions.reduce(ReduceOp.SUM, in, axes, out);
  }
}
