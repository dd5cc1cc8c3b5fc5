package io.dendra.nn.layers;

import io.dendra.ops.OpException;
import io.dendra.tensor.Tensor;
import java.util.List;

/**
 * The sum of its inputs, which broadcast to each other.
 *
 * <pre>{@code
 * var y = new Add().apply(x, shortcut);
 * }</pre>
 */
public final class Add extends Layer {
  @Override
  protected List<Tensor> call(List<Tensor> inputs, CallContext context) {
    return List.of(
        inputs.stream()
            .reduce(Tensor::add)
            .orElseThrow(() -> new OpException("takes at least one input, given none")));
  }
}
