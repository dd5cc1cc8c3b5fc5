package io.dendra.nn.layers;

import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.initializers.Initializers;
import io.dendra.ops.NN;
import io.dendra.ops.ShapeOps;
import io.dendra.serialization.Settings;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Normalises each place of each sample to mean 0 and variance 1 over the features, then scales by
 * gamma and shifts by beta (J. Ba, J. Kiros and G. Hinton, Layer Normalization, 2016).
 *
 * <p>Takes {@code [batch, ..., features]} and gives the same shape. Weights are gamma and beta,
 * each {@code [features]}. Statistics and weights are float32 under a mixed policy too.
 */
public final class LayerNormalization extends Layer {
  private static final String NAME = "LayerNormalization";

  private int axis = -1;
  private double epsilon = 1e-3;
  private boolean center = true;
  private boolean scale = true;
  private Initializer betaInitializer = Initializers.ZEROS;
  private Initializer gammaInitializer = Initializers.ONES;
  private Parameter gamma;
  private Parameter beta;
  private long features;

  /** Sets the axis that is normalised; the last if not given. */
  public LayerNormalization axis(int ofFeatures) {
    if (ofFeatures == 0) {
      throw new IllegalArgumentException(NAME + " needs another axis than that of the batch, 0");
    }
    this.axis = ofFeatures;
    return this;
  }

  /** Sets what is added to the variance; 0.001 if not given. */
  public LayerNormalization epsilon(double small) {
    this.epsilon = Require.atLeastZero(NAME, "epsilon", small);
    return this;
  }

  /** Whether beta is added; it is if not said otherwise. */
  public LayerNormalization center(boolean use) {
    this.center = use;
    return this;
  }

  /** Whether gamma is multiplied; it is if not said otherwise. */
  public LayerNormalization scale(boolean use) {
    this.scale = use;
    return this;
  }

  /** Sets the first values of beta; zeros if not given. */
  public LayerNormalization betaInitializer(Initializer initializer) {
    this.betaInitializer = Require.given(NAME, "beta_initializer", initializer);
    return this;
  }

  /** Sets the first values of gamma; ones if not given. */
  public LayerNormalization gammaInitializer(Initializer initializer) {
    this.gammaInitializer = Require.given(NAME, "gamma_initializer", initializer);
    return this;
  }

  static LayerNormalization from(Settings settings) {
    return new LayerNormalization()
        .axis(settings.getInt("axis"))
        .epsilon(settings.getDouble("epsilon"))
        .center(settings.getBoolean("center"))
        .scale(settings.getBoolean("scale"))
        .betaInitializer(Initializers.REGISTRY.of(settings.get("beta_initializer")))
        .gammaInitializer(Initializers.REGISTRY.of(settings.get("gamma_initializer")));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("axis", axis);
    settings.put("epsilon", epsilon);
    settings.put("center", center);
    settings.put("scale", scale);
    settings.put("beta_initializer", Initializers.REGISTRY.describe(betaInitializer));
    settings.put("gamma_initializer", Initializers.REGISTRY.describe(gammaInitializer));
    return settings;
  }

  @Override
  protected void build(Shape input) {
    features = Require.known(input, axis);
    Shape shape = Shape.of(features);
    gamma = scale ? addWeight("gamma", shape, gammaInitializer) : null;
    beta = center ? addWeight("beta", shape, betaInitializer) : null;
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    Require.length(x, axis, features, "features");
    int along = x.shape().axis(axis);
    int last = x.rank() - 1;
    Tensor rows = along == last ? x : ShapeOps.transpose(x, along, last);
    Tensor factor = gamma != null ? gamma.value() : all(1, x);
    Tensor shift = beta != null ? beta.value() : all(0, x);
    Tensor y = NN.layerNorm(rows, factor, shift, epsilon);
    return along == last ? y : ShapeOps.transpose(y, along, last);
  }

  private Tensor all(double value, Tensor x) {
    return Tensor.full(Shape.of(features), value, DType.FLOAT32, x.device());
  }
}
