package io.dendra.nn.metrics;

import io.dendra.backend.CompareOp;
import io.dendra.ops.Elementwise;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often a probability falls on the side of the threshold that the target, 0 or 1, says.
 *
 * <p>Takes targets and predictions {@code [batch, ...]}.
 */
public final class BinaryAccuracy extends MeanMetric {
  private final double threshold;

  /** With threshold 0.5. */
  public BinaryAccuracy() {
    this(0.5);
  }

  /** With a threshold above which a prediction means 1. */
  public BinaryAccuracy(double threshold) {
    super("binary_accuracy");
    this.threshold = threshold;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>(super.settings());
    settings.put("threshold", threshold);
    return settings;
  }

  @Override
  protected Tensor perSample(Tensor target, Tensor prediction) {
    return hits(target, prediction, threshold);
  }

  static Tensor hits(Tensor target, Tensor prediction, double threshold) {
    Tensor answer = Elementwise.compare(CompareOp.GT, prediction, threshold);
    return Matches.alike("binary_accuracy", target, answer.cast(DType.FLOAT32));
  }
}
