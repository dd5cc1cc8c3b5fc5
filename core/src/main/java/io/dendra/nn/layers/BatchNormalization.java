package io.dendra.nn.layers;

import io.dendra.autograd.Autograd;
import io.dendra.backend.UnaryOp;
import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.initializers.Initializers;
import io.dendra.ops.Elementwise;
import io.dendra.ops.NN;
import io.dendra.ops.OpException;
import io.dendra.ops.ShapeOps;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Normalises each channel to mean 0 and variance 1 over the batch and all other dimensions, then
 * scales by gamma and shifts by beta (S. Ioffe and C. Szegedy, Batch Normalization, 2015).
 *
 * <p>Takes {@code [batch, ..., channels]} of 2 to 5 dimensions and gives the same shape. In
 * training it uses the batch's statistics and moves the averages it keeps; in inference, and when
 * it is frozen, it uses the averages. Weights are gamma, beta, moving_mean and moving_variance,
 * each {@code [channels]}. Statistics and weights are float32 under a mixed policy too.
 */
public final class BatchNormalization extends Layer {
  private static final String NAME = "BatchNormalization";
  private static final String SYNCHRONIZED = "synchronized";

  private int axis = -1;
  private double momentum = 0.99;
  private double epsilon = 1e-3;
  private boolean center = true;
  private boolean scale = true;
  private boolean acrossReplicas;
  private Initializer betaInitializer = Initializers.ZEROS;
  private Initializer gammaInitializer = Initializers.ONES;
  private Parameter gamma;
  private Parameter beta;
  private Parameter movingMean;
  private Parameter movingVariance;

  /** Sets the axis of the channels; the last if not given, 1 for channels_first images. */
  public BatchNormalization axis(int ofChannels) {
    if (ofChannels == 0) {
      throw new IllegalArgumentException(NAME + " needs another axis than that of the batch, 0");
    }
    this.axis = ofChannels;
    return this;
  }

  /** Sets the part of the moving averages that a step keeps; 0.99 if not given. */
  public BatchNormalization momentum(double kept) {
    if (!(kept >= 0 && kept <= 1)) {
      throw new IllegalArgumentException(NAME + " needs a momentum between 0 and 1, given " + kept);
    }
    this.momentum = kept;
    return this;
  }

  /** Sets what is added to the variance; 0.001 if not given. */
  public BatchNormalization epsilon(double small) {
    this.epsilon = Require.atLeastZero(NAME, "epsilon", small);
    return this;
  }

  /** Whether beta is added; it is if not said otherwise. */
  public BatchNormalization center(boolean use) {
    this.center = use;
    return this;
  }

  /** Whether gamma is multiplied; it is if not said otherwise. */
  public BatchNormalization scale(boolean use) {
    this.scale = use;
    return this;
  }

  /**
   * Whether the statistics are those of the whole batch when it is trained on several devices, as
   * Keras' {@code synchronized} has it; those of each device's part if not said otherwise. The
   * devices then wait for each other in each such layer.
   */
  public BatchNormalization acrossReplicas(boolean together) {
    this.acrossReplicas = together;
    return this;
  }

  /** Sets the first values of beta; zeros if not given. */
  public BatchNormalization betaInitializer(Initializer initializer) {
    this.betaInitializer = Require.given(NAME, "beta_initializer", initializer);
    return this;
  }

  /** Sets the first values of gamma; ones if not given. */
  public BatchNormalization gammaInitializer(Initializer initializer) {
    this.gammaInitializer = Require.given(NAME, "gamma_initializer", initializer);
    return this;
  }

  static BatchNormalization from(Settings settings) {
    return new BatchNormalization()
        .axis(settings.getInt("axis"))
        .momentum(settings.getDouble("momentum"))
        .epsilon(settings.getDouble("epsilon"))
        .center(settings.getBoolean("center"))
        .scale(settings.getBoolean("scale"))
        .acrossReplicas(settings.has(SYNCHRONIZED) && settings.getBoolean(SYNCHRONIZED))
        .betaInitializer(Initializers.REGISTRY.of(settings.get("beta_initializer")))
        .gammaInitializer(Initializers.REGISTRY.of(settings.get("gamma_initializer")));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("axis", axis);
    settings.put("momentum", momentum);
    settings.put("epsilon", epsilon);
    settings.put("center", center);
    settings.put("scale", scale);
    settings.put(SYNCHRONIZED, acrossReplicas);
    settings.put("beta_initializer", Initializers.REGISTRY.describe(betaInitializer));
    settings.put("gamma_initializer", Initializers.REGISTRY.describe(gammaInitializer));
    return settings;
  }

  @Override
  protected void build(Shape input) {
    requireRank(input);
    Shape channels = Shape.of(Require.known(input, axis));
    gamma = scale ? addWeight("gamma", channels, gammaInitializer) : null;
    beta = center ? addWeight("beta", channels, betaInitializer) : null;
    movingMean = addWeight("moving_mean", channels, Initializers.ZEROS, false, null);
    movingVariance = addWeight("moving_variance", channels, Initializers.ONES, false, null);
  }

  private void requireRank(Shape input) {
    if (input.rank() < 2 || input.rank() > 5 || input.axis(axis) == 0) {
      throw new OpException(
          "takes [batch, ..., channels] of 2 to 5 dimensions with the channels along axis "
              + axis
              + ", given shape "
              + input);
    }
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    requireRank(x.shape());
    Require.length(x, axis, movingMean.shape().dim(0), "channels");
    int channels = x.shape().axis(axis);
    Tensor y = normalized(moved(x, channels, 1), context);
    return moved(y, 1, channels);
  }

  private Tensor normalized(Tensor x, CallContext context) {
    Tensor factor = gamma != null ? gamma.value() : ShapeOps.onesLike(movingMean.value());
    Tensor shift = beta != null ? beta.value() : ShapeOps.zerosLike(movingMean.value());
    if (!context.isTraining() || !isTrainable()) {
      Tensor mean = context.current(movingMean);
      return NN.normalize(x, mean, context.current(movingVariance), factor, shift, epsilon);
    }
    NN.BatchNorm result =
        acrossReplicas && context.hasReplicas()
            ? overReplicas(x, factor, shift, context)
            : NN.batchNorm(x, factor, shift, epsilon);
    move(movingMean, result.mean(), context);
    move(movingVariance, result.variance(), context);
    return result.y();
  }

  /** As {@link NN#batchNorm}, with the sums of all replicas. */
  private NN.BatchNorm overReplicas(Tensor x, Tensor factor, Tensor shift, CallContext context) {
    long channels = x.dim(1);
    long[] along = new long[x.rank()];
    Arrays.fill(along, 1);
    along[1] = channels;
    int[] axes = new int[x.rank() - 1];
    for (int i = 1; i < axes.length; i++) {
      axes[i] = i + 1;
    }
    Tensor wide = x.cast(x.dtype().accumulator());
    double here = (double) x.size() / channels;
    Tensor count = Tensor.full(Shape.of(1), here, wide.dtype(), x.device());
    Tensor sums = context.sumOverReplicas(ShapeOps.concatenate(0, wide.sum(axes), count));
    Tensor n = sums.slice(0, channels, channels + 1);
    Tensor mean = sums.slice(0, 0, channels).div(n);
    Tensor centred = wide.sub(mean.reshape(along));
    Tensor variance = context.sumOverReplicas(centred.square().sum(axes)).div(n);
    Tensor slope = Elementwise.unary(UnaryOp.RSQRT, variance.add(epsilon)).mul(factor);
    Tensor y = centred.mul(slope.reshape(along)).add(shift.reshape(along));
    return new NN.BatchNorm(y.cast(x.dtype()), mean, variance);
  }

  private void move(Parameter average, Tensor ofBatch, CallContext context) {
    if (average.isInitialized()) {
      Autograd.noGrad(
          () -> {
            Tensor kept = context.current(average).mul(momentum);
            Tensor moved = kept.add(ofBatch.detach().mul(1 - momentum));
            context.update(average, moved.cast(average.dtype()));
          });
    }
  }

  /** A view with one axis at another place. */
  static Tensor moved(Tensor x, int from, int to) {
    if (from == to) {
      return x;
    }
    int[] axes = new int[x.rank()];
    int step = from < to ? 1 : -1;
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    for (int i = from; i != to; i += step) {
      axes[i] = axes[i + step];
    }
    axes[to] = from;
    return x.permute(axes);
  }
}
