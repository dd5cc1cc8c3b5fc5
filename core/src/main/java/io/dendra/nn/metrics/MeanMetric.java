package io.dendra.nn.metrics;

import static io.dendra.tensor.DType.FLOAT32;

import io.dendra.autograd.Autograd;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.Map;
import java.util.Objects;

/**
 * A metric that is the mean of a value per sample, weighted if there are sample weights.
 *
 * <p>Predictions of 16 bits are measured in float32. An update leaves the sums on the device; they
 * are read when the result is asked for.
 */
public abstract class MeanMetric implements Metric, Configured {
  private final String defaultName;
  private String name;
  private final RunningSum total = new RunningSum();
  private final RunningSum weight = new RunningSum();

  /** A metric with the key it has in logs and the history. */
  protected MeanMetric(String name) {
    this.defaultName = name;
    this.name = name;
  }

  /**
   * The value of each sample.
   *
   * @return numbers or booleans {@code [batch, ...]}, whose mean is a sample's value
   */
  protected abstract Tensor perSample(Tensor target, Tensor prediction);

  /** Gives it another key in logs and the history. */
  public MeanMetric named(String key) {
    this.name = Objects.requireNonNull(key, "key");
    return this;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public Map<String, Object> settings() {
    return name.equals(defaultName) ? Map.of() : Map.of(Metrics.KEY, name);
  }

  @Override
  public void reset() {
    total.reset();
    weight.reset();
  }

  @Override
  public final void update(Tensor target, Tensor prediction, Tensor weights) {
    try (TensorScope scope = TensorScope.open(name)) {
      Autograd.noGrad(() -> add(perSample(target, wide(prediction)), weights));
    }
  }

  private static Tensor wide(Tensor prediction) {
    return prediction.cast(prediction.dtype().accumulator());
  }

  private void add(Tensor values, Tensor weights) {
    if (weights == null) {
      Tensor samples = meanFrom(1, values);
      total.add(samples.sum());
      weight.add((double) samples.size());
      return;
    }
    Tensor weighed = meanFrom(weights.rank(), values);
    Tensor each = weights.cast(weighed.dtype()).broadcastTo(weighed.shape());
    total.add(meanFrom(1, weighed.mul(each)).sum());
    weight.add(meanFrom(1, each).sum());
  }

  /** The mean over the axes from one on. */
  private static Tensor meanFrom(int axis, Tensor values) {
    Tensor numbers = values.dtype().isFloating() ? values : values.cast(FLOAT32);
    if (values.rank() <= axis) {
      return numbers;
    }
    int[] axes = new int[values.rank() - axis];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = axis + i;
    }
    return numbers.mean(axes);
  }

  @Override
  public final double result() {
    return total.value() / weight.value();
  }
}
