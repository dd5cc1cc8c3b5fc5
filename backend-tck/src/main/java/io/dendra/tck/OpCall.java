package io.dendra.tck;

import io.dendra.tensor.Tensor;
import java.util.function.Function;

/** An op with its attributes filled in: operands to results. */
@FunctionalInterface
public interface OpCall {
  /** The results. */
  Tensor[] apply(Tensor[] in);

  /** A call with one result. */
  static OpCall one(Function<Tensor[], Tensor> call) {
    return in -> new Tensor[] {call.apply(in)};
  }

  /** A call with one operand and one result. */
  static OpCall map(Function<Tensor, Tensor> call) {
    return in -> new Tensor[] {call.apply(in[0])};
  }
}
