package io.dendra.nn.metrics;

import io.dendra.tensor.Tensor;

/**
 * The accuracy that fits the shapes, as Keras resolves {@code "accuracy"}: {@link BinaryAccuracy}
 * for predictions with one value each, {@link SparseCategoricalAccuracy} for class numbers, {@link
 * CategoricalAccuracy} for one-hot targets.
 */
public final class Accuracy extends MeanMetric {
  /** A new one. */
  public Accuracy() {
    super("accuracy");
  }

  @Override
  protected Tensor perSample(Tensor target, Tensor prediction) {
    if (prediction.rank() < 2 || prediction.dim(-1) == 1) {
      return BinaryAccuracy.hits(target, prediction, 0.5);
    }
    boolean classNumbers = target.rank() < prediction.rank() || target.dim(-1) == 1;
    return classNumbers ? Matches.classes(target, prediction) : Matches.oneHot(target, prediction);
  }
}
