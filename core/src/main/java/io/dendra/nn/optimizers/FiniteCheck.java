package io.dendra.nn.optimizers;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.ReduceOp;
import io.dendra.ops.Elementwise;
import io.dendra.ops.Reduce;
import io.dendra.tensor.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Whether gradients, some of which may be null, are free of infinities and NaN. */
final class FiniteCheck {
  private FiniteCheck() {}

  /**
   * Reads each gradient once and the host once: a sum of squares is finite only if all its terms
   * are. Only a sum that is not needs a second look, for float64 may have overflowed by itself.
   */
  static boolean allFinite(List<Tensor> gradients) {
    Tensor sum = Clipping.sumOfSquares(gradients);
    if (sum == null || Double.isFinite(sum.item())) {
      return true;
    }
    Tensor all =
        combined(
            gradients,
            g -> Reduce.reduce(ReduceOp.ALL, Elementwise.isFinite(g), new int[0], false),
            (a, b) -> Elementwise.binary(BinaryOp.LOGICAL_AND, a, b));
    return all.item() != 0;
  }

  private static Tensor combined(
      List<Tensor> gradients, UnaryOperator<Tensor> each, BinaryOperator<Tensor> both) {
    Tensor result = null;
    for (Tensor g : gradients) {
      if (g != null) {
        Tensor next = each.apply(g);
        result = result == null ? next : both.apply(result, next.to(result.device()));
      }
    }
    return result;
  }
}
