package io.dendra.training;

import io.dendra.nn.losses.Loss;
import io.dendra.nn.losses.Losses;
import io.dendra.nn.metrics.Metric;
import io.dendra.nn.metrics.Metrics;
import io.dendra.nn.optimizers.LossScaleOptimizer;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.nn.optimizers.Optimizers;
import io.dendra.serialization.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How a model is trained: {@code model.compile(o ->
 * o.optimizer("adam").loss("mse").metrics("mae"))}.
 */
public final class CompileOptions {
  private Optimizer optimizer = Optimizers.of("rmsprop");
  private final List<Loss> losses = new ArrayList<>();
  private double[] lossWeights;
  private boolean autoScaleLoss = true;
  private final List<List<Supplier<Metric>>> metrics = new ArrayList<>();

  /** Options with Keras' defaults. */
  public CompileOptions() {}

  /** The optimizer by name. */
  public CompileOptions optimizer(String name) {
    return optimizer(Optimizers.of(name));
  }

  /** The optimizer; RMSprop if not given, as in Keras. */
  public CompileOptions optimizer(Optimizer value) {
    this.optimizer = value;
    return this;
  }

  /** The loss of each output by name; one name serves all outputs. */
  public CompileOptions loss(String... names) {
    return loss(Arrays.stream(names).map(Losses::of).toArray(Loss[]::new));
  }

  /** The loss of each output; one serves all outputs. */
  public CompileOptions loss(Loss... perOutput) {
    losses.clear();
    losses.addAll(List.of(perOutput));
    return this;
  }

  /** What each output's loss is multiplied by; 1 if not given. */
  public CompileOptions lossWeights(double... perOutput) {
    this.lossWeights = perOutput.clone();
    return this;
  }

  /**
   * Whether the optimizer of a model that computes in float16 is wrapped into a {@link
   * LossScaleOptimizer}; it is if not said otherwise.
   */
  public CompileOptions autoScaleLoss(boolean scale) {
    this.autoScaleLoss = scale;
    return this;
  }

  /** Metrics by name, measured on each output. */
  public CompileOptions metrics(String... names) {
    for (String name : names) {
      Metrics.of(name);
    }
    metrics.add(
        Arrays.stream(names).map(name -> (Supplier<Metric>) () -> Metrics.of(name)).toList());
    return this;
  }

  /** Metrics of the first output; call again for that of the next. */
  public CompileOptions metrics(Metric... ofOutput) {
    metrics.add(Arrays.stream(ofOutput).map(metric -> (Supplier<Metric>) () -> metric).toList());
    return this;
  }

  /**
   * The options as a file holds them.
   *
   * @throws IllegalArgumentException when a loss, a metric or the optimizer is one's own and has no
   *     name
   */
  public Map<String, Object> describe() {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("optimizer", Optimizers.REGISTRY.describe(optimizer));
    description.put("losses", losses.stream().map(Losses.REGISTRY::describe).toList());
    if (lossWeights != null) {
      description.put("loss_weights", Arrays.stream(lossWeights).boxed().toList());
    }
    if (!autoScaleLoss) {
      description.put("auto_scale_loss", false);
    }
    description.put(
        "metrics",
        metrics.stream()
            .map(list -> list.stream().map(m -> Metrics.REGISTRY.describe(m.get())).toList())
            .toList());
    return description;
  }

  /** The options of a {@link #describe description}. */
  public static CompileOptions from(Settings settings) {
    CompileOptions options = new CompileOptions();
    options.optimizer(Optimizers.REGISTRY.of(settings.get("optimizer")));
    options.loss(settings.getList("losses").stream().map(Losses.REGISTRY::of).toArray(Loss[]::new));
    if (settings.has("loss_weights")) {
      options.lossWeights(
          settings.getList("loss_weights").stream()
              .mapToDouble(weight -> ((Number) weight).doubleValue())
              .toArray());
    }
    if (settings.has("auto_scale_loss")) {
      options.autoScaleLoss(settings.getBoolean("auto_scale_loss"));
    }
    for (Object list : settings.getList("metrics")) {
      options.metrics.add(
          ((List<?>) list)
              .stream()
                  .map(metric -> (Supplier<Metric>) () -> Metrics.REGISTRY.of(metric))
                  .toList());
    }
    return options;
  }

  Optimizer optimizer() {
    return optimizer;
  }

  boolean autoScaleLoss() {
    return autoScaleLoss;
  }

  List<Loss> losses() {
    return losses;
  }

  double[] lossWeights() {
    return lossWeights;
  }

  List<List<Supplier<Metric>>> metrics() {
    return metrics;
  }
}
