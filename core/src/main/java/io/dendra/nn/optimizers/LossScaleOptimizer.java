package io.dendra.nn.optimizers;

import io.dendra.autograd.Autograd;
import io.dendra.nn.layers.Parameter;
import io.dendra.serialization.Settings;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Another optimizer, with gradients taken of a multiple of the loss, so that small ones are not
 * lost to the range of float16 (P. Micikevicius et al., Mixed Precision Training, 2018).
 *
 * <p>The multiple, the scale, is halved when a gradient is infinite or NaN, and that step is left
 * out: weights, slots and the number of steps stay as they are. It is doubled when a number of
 * steps in a row were finite. {@code compile} wraps the optimizer of a model that computes in
 * float16; by hand:
 *
 * <pre>{@code
 * var optimizer = new LossScaleOptimizer(new Adam(1e-3));
 * Tensor scaled = optimizer.scaleLoss(loss);
 * optimizer.apply(parameters, Autograd.grad(scaled, values));
 * }</pre>
 *
 * <p>Clipping, weight decay and the learning rate are those of the optimizer within, which sees
 * gradients of the true size.
 */
public final class LossScaleOptimizer extends Optimizer {
  /** The scale that training starts with. */
  public static final double INITIAL_SCALE = 0x1p15;

  /** How many finite steps it takes to double the scale. */
  public static final int GROWTH_STEPS = 2000;

  static final String NAME = "loss_scale_optimizer";

  private static final String INNER = "inner_optimizer";
  private static final String FIRST = "initial_scale";
  private static final String GROWTH = "dynamic_growth_steps";
  private static final String SCALE = "dynamic_scale";
  private static final String COUNTER = "step_counter";

  private final Optimizer inner;
  private final double initialScale;
  private final int growthSteps;
  private double scale;
  private int finiteSteps;

  /** With a scale of 2<sup>15</sup> at first, doubled after 2000 finite steps. */
  public LossScaleOptimizer(Optimizer inner) {
    this(inner, INITIAL_SCALE, GROWTH_STEPS);
  }

  /**
   * With a scale to start with and the number of finite steps after which it is doubled.
   *
   * @throws IllegalArgumentException when the scale is not above 0, the steps are less than 1, or
   *     the optimizer scales losses already
   */
  public LossScaleOptimizer(Optimizer inner, double initialScale, int growthSteps) {
    super(0);
    if (inner instanceof LossScaleOptimizer) {
      throw new IllegalArgumentException("the optimizer within scales the loss already");
    }
    if (!(initialScale > 0) || Double.isInfinite(initialScale)) {
      throw new IllegalArgumentException(
          "a loss scale has to be above 0, given " + initialScale + ": 32768 is usual");
    }
    if (growthSteps < 1) {
      throw new IllegalArgumentException(
          "a loss scale is doubled after at least 1 step, given " + growthSteps);
    }
    this.inner = inner;
    this.initialScale = initialScale;
    this.growthSteps = growthSteps;
    this.scale = initialScale;
  }

  static LossScaleOptimizer from(Settings settings) {
    return new LossScaleOptimizer(
        Optimizers.REGISTRY.of(settings.get(INNER)),
        settings.getDouble(FIRST, INITIAL_SCALE),
        settings.has(GROWTH) ? settings.getInt(GROWTH) : GROWTH_STEPS);
  }

  /** The optimizer that makes the steps. */
  public Optimizer inner() {
    return inner;
  }

  /** What the loss is multiplied by in the next step. */
  public double scale() {
    return scale;
  }

  @Override
  public Tensor scaleLoss(Tensor loss) {
    return loss.mul(scale);
  }

  @Override
  public double lossScale() {
    return scale;
  }

  @Override
  public boolean apply(List<Parameter> parameters, List<Tensor> gradients) {
    if (!allFinite(gradients)) {
      finiteSteps = 0;
      // A float32 has to hold its inverse.
      scale = Math.max(scale / 2, Float.MIN_NORMAL);
      return false;
    }
    try (TensorScope scope = TensorScope.open("unscale")) {
      inner.apply(parameters, Autograd.noGrad(() -> unscaled(gradients)));
    }
    finiteSteps++;
    if (finiteSteps == growthSteps) {
      finiteSteps = 0;
      scale *= 2;
    }
    return true;
  }

  private List<Tensor> unscaled(List<Tensor> gradients) {
    List<Tensor> unscaled = new ArrayList<>(gradients.size());
    for (Tensor g : gradients) {
      // In float32: what the scale saved must not be lost again.
      unscaled.add(g == null ? null : g.cast(g.dtype().accumulator()).mul(1 / scale));
    }
    return unscaled;
  }

  private static boolean allFinite(List<Tensor> gradients) {
    try (TensorScope scope = TensorScope.open("finite check")) {
      return Autograd.noGrad(() -> FiniteCheck.allFinite(gradients));
    }
  }

  // ---- the optimizer within

  @Override
  protected void update(Step step) {
    inner.update(step);
  }

  @Override
  public double learningRate() {
    return inner.learningRate();
  }

  @Override
  public void setLearningRate(double rate) {
    inner.setLearningRate(rate);
  }

  @Override
  public boolean hasSchedule() {
    return inner.hasSchedule();
  }

  @Override
  public long iterations() {
    return inner.iterations();
  }

  @Override
  public Optimizer clipValue(double limit) {
    inner.clipValue(limit);
    return this;
  }

  @Override
  public Optimizer clipNorm(double limit) {
    inner.clipNorm(limit);
    return this;
  }

  @Override
  public Optimizer globalClipNorm(double limit) {
    inner.globalClipNorm(limit);
    return this;
  }

  @Override
  public Optimizer weightDecay(double decay) {
    inner.weightDecay(decay);
    return this;
  }

  @Override
  public Optimizer excludeFromWeightDecay(String... paths) {
    inner.excludeFromWeightDecay(paths);
    return this;
  }

  /** The state of the optimizer within, the scale, and the number of finite steps in a row. */
  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>(inner.state());
    state.put(SCALE, NDArray.wrap(new double[] {scale}, DType.FLOAT64, Shape.scalar()));
    state.put(COUNTER, NDArray.wrap(new long[] {finiteSteps}, DType.INT64, Shape.scalar()));
    return state;
  }

  /**
   * {@inheritDoc}
   *
   * <p>A state that was saved without a scale is that of the optimizer within.
   */
  @Override
  public void load(Map<String, NDArray> state, List<Parameter> parameters) {
    Map<String, NDArray> rest = new LinkedHashMap<>(state);
    NDArray savedScale = rest.remove(SCALE);
    NDArray savedSteps = rest.remove(COUNTER);
    inner.load(rest, parameters);
    scale = savedScale == null ? initialScale : savedScale.doubleAt(0);
    finiteSteps = savedSteps == null ? 0 : (int) savedSteps.longs()[0];
  }

  @Override
  public void close() {
    inner.close();
    scale = initialScale;
    finiteSteps = 0;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(INNER, Optimizers.REGISTRY.describe(inner));
    settings.put(FIRST, initialScale);
    settings.put(GROWTH, growthSteps);
    return settings;
  }
}
