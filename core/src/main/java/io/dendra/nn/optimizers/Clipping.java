package io.dendra.nn.optimizers;

import io.dendra.ops.Elementwise;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

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
      return each(gradients, g -> scale(g, factor(sumOfSquares(g), limit)));
    }
  }

  /** All gradients by one factor, so that together they are no longer than {@code limit}. */
  record ByGlobalNorm(double limit) implements Clipping {
    @Override
    public List<Tensor> apply(List<Tensor> gradients) {
      Tensor sum = null;
      for (Tensor g : gradients) {
        if (g != null) {
          sum = sum == null ? sumOfSquares(g) : sum.add(sumOfSquares(g).to(sum.device()));
        }
      }
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

  /** In float64, in which the square of no finite float32 overflows. */
  private static Tensor sumOfSquares(Tensor g) {
    return g.cast(DType.FLOAT64).square().sum();
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
