package io.dendra.data;

import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.util.List;

/**
 * One sample of a generator: arrays as in a {@link Batch}, but without the batch dimension.
 *
 * @param inputs what the model is given
 * @param targets what it should answer
 */
public record Sample(List<NDArray> inputs, List<NDArray> targets) {
  /** Copies the lists. */
  public Sample {
    inputs = List.copyOf(inputs);
    targets = List.copyOf(targets);
  }

  /** A sample of one input and one target. */
  public static Sample of(NDArray input, NDArray target) {
    return new Sample(List.of(input), List.of(target));
  }

  /** A sample with a class as its target. */
  public static Sample of(NDArray input, int label) {
    return of(input, NDArray.wrap(new int[] {label}, DType.INT32, Shape.scalar()));
  }

  /** The batch of this sample alone. */
  Batch asBatch() {
    return new Batch(
        inputs.stream().map(Sample::asRow).toList(),
        targets.stream().map(Sample::asRow).toList(),
        List.of());
  }

  private static NDArray asRow(NDArray array) {
    return NDArray.wrap(array.array(), array.dtype(), array.shape().prepend(1));
  }
}
