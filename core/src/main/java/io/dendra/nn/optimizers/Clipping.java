package io.dendra.nn.optimizers;

import io.dendra.ops.Elementwise;
import io.dendra.ops.NN;
import io.dendra.tensor.Device;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How gradients are kept from being too large. */
sealed interface Clipping {
  /** The gradients, each null where there is none. */
  List<Tensor> apply(List<Tensor> gradients);

  /** Not at all. */
  record None() implements Clipping {
    @Override
    public List<Tensor> apply(List<Tensor> gradients) {
      return gradients;
    }
  }

  /** Each element to be within {@code ±limit}. */
  record ByValue(double limit) implements Clipping {
    @Override
    public List<Tensor> apply(List<Tensor> gradients) {
      return each(gradients, g -> Elementwise.clip(g, -limit, limit));
    }
  }

  /** Each gradient to be no longer than {@code limit}. */
  record ByNorm(double limit) implements Clipping {
    @Override
    public List<Tensor> apply(List<Tensor> gradients) {
      return each(gradients, g -> scale(g, factor(NN.sumOfSquares(g), limit)));
    }
  }

  /** All gradients by one factor, so that together they are no longer than {@code limit}. */
  record ByGlobalNorm(double limit) implements Clipping {
    @Override
    public List<Tensor> apply(List<Tensor> gradients) {
      Tensor sum = sumOfSquares(gradients);
      if (sum == null) {
        return gradients;
      }
      Tensor factor = factor(sum, limit);
      return each(gradients, g -> scale(g, factor.to(g.device())));
    }
  }

  private static List<Tensor> each(
      List<Tensor> gradients, java.util.function.UnaryOperator<Tensor> clip) {
    List<Tensor> clipped = new ArrayList<>(gradients.size());
    for (Tensor g : gradients) {
      clipped.add(g == null ? null : clip.apply(g));
    }
    return clipped;
  }

  /** Of all gradients that are there, on the device of the first; null when none is. */
  static Tensor sumOfSquares(List<Tensor> gradients) {
    Map<Device, List<Tensor>> devices = new LinkedHashMap<>();
    for (Tensor g : gradients) {
      if (g != null) {
        devices.computeIfAbsent(g.device(), device -> new ArrayList<>()).add(g);
      }
    }
    Tensor sum = null;
    for (List<Tensor> together : devices.values()) {
      Tensor part = NN.sumOfSquares(together.toArray(new Tensor[0]));
      sum = sum == null ? part : sum.add(part.to(sum.device()));
    }
    return sum;
  }

  /** {@code limit / max(norm, limit)}; NaN when the norm is not finite, so that it is noticed. */
  private static Tensor factor(Tensor sumOfSquares, double limit) {
    Tensor norm = sumOfSquares.sqrt();
    Tensor factor =
        Elementwise.binary(io.dendra.backend.BinaryOp.DIV, limit, Elementwise.maximum(norm, limit));
    return factor.add(norm.sub(norm));
  }

  private static Tensor scale(Tensor g, Tensor factor) {
    return g.mul(factor.cast(g.dtype()));
  }
}
