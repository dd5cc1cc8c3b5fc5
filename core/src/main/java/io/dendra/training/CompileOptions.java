package io.dendra.training;

import io.dendra.nn.losses.Loss;
import io.dendra.nn.losses.Losses;
import io.dendra.nn.metrics.Metric;
import io.dendra.nn.metrics.Metrics;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.nn.optimizers.Optimizers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * How a model is trained: {@code model.compile(o ->
 * o.optimizer("adam").loss("mse").metrics("mae"))}.
 */
public final class CompileOptions {
  private Optimizer optimizer = Optimizers.of("rmsprop");
  private final List<Loss> losses = new ArrayList<>();
  private double[] lossWeights;
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

  Optimizer optimizer() {
    return optimizer;
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
