package io.dendra.training;

import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Parameter;
import io.dendra.nn.losses.FromLogits;
import io.dendra.nn.losses.Loss;
import io.dendra.nn.metrics.Metric;
import io.dendra.nn.optimizers.LossScaleOptimizer;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.ops.OpException;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a compiled model is trained for: its optimizer, the losses and the metrics of its outputs.
 */
public final class Objective implements AutoCloseable {
  private final CompileOptions options;

  /** The objective of options. */
  public Objective(CompileOptions options) {
    if (options.losses().isEmpty()) {
      throw new IllegalArgumentException(
          "compile needs a loss, such as \"sparse_categorical_crossentropy\" or \"mse\"");
    }
    this.options = options;
  }

  /** The optimizer. */
  public Optimizer optimizer() {
    return options.optimizer();
  }

  /** Wraps the optimizer into one that scales the loss, unless it does or is not to. */
  public void scaleLoss() {
    if (options.autoScaleLoss() && !(optimizer() instanceof LossScaleOptimizer)) {
      options.optimizer(new LossScaleOptimizer(optimizer()));
    }
  }

  /** Whether the steps are made by the same optimizer, scaled or not. */
  public boolean sharesOptimizer(Objective other) {
    return stepping() == other.stepping();
  }

  private Optimizer stepping() {
    return optimizer() instanceof LossScaleOptimizer scaled ? scaled.inner() : optimizer();
  }

  /** What logs show of the training beside loss and metrics: the loss scale where there is one. */
  Map<String, Double> extraLogs() {
    return optimizer() instanceof LossScaleOptimizer scaled
        ? Map.of("loss_scale", scaled.scale())
        : Map.of();
  }

  /** The losses, one for each output or one for all. */
  public List<Loss> losses() {
    return List.copyOf(options.losses());
  }

  /** How the model was compiled, as a file holds it. */
  public Map<String, Object> describe() {
    return options.describe();
  }

  /** New metrics by the name they have in logs. */
  Map<String, OutputMetric> metrics(int outputs) {
    Map<String, OutputMetric> all = new LinkedHashMap<>();
    List<List<Supplier<Metric>>> lists = options.metrics();
    for (int i = 0; i < outputs && !lists.isEmpty(); i++) {
      if (lists.size() > 1 && i >= lists.size()) {
        break;
      }
      for (Supplier<Metric> maker : lists.get(lists.size() == 1 ? 0 : i)) {
        Metric metric = maker.get();
        String name = outputs == 1 ? metric.name() : "output_" + i + "_" + metric.name();
        all.put(name, new OutputMetric(i, metric));
      }
    }
    return all;
  }

  /** A metric and the output it measures. */
  record OutputMetric(int output, Metric metric) {}

  /** The loss of a batch: the weighted losses of the outputs and what layers and weights add. */
  Tensor loss(
      List<Tensor> targets,
      List<Tensor> predictions,
      List<Tensor> weights,
      CallContext context,
      List<Parameter> parameters) {
    if (targets.size() != predictions.size()) {
      throw new OpException(
          "the model has "
              + predictions.size()
              + " output(s), the data have "
              + targets.size()
              + " target(s)");
    }
    requireOnePerOutput("loss", options.losses().size(), predictions.size(), true);
    if (options.lossWeights() != null) {
      requireOnePerOutput("loss weight", options.lossWeights().length, predictions.size(), false);
    }
    Tensor total = null;
    for (int i = 0; i < predictions.size(); i++) {
      Tensor mean =
          mean(
              perSample(loss(i), targets.get(i), predictions.get(i), context),
              weights.isEmpty() ? null : weights.get(i));
      Tensor weighted = options.lossWeights() == null ? mean : mean.mul(options.lossWeights()[i]);
      total = total == null ? weighted : total.add(weighted);
    }
    for (Tensor extra : extras(context, parameters)) {
      total = total.add(extra);
    }
    return total;
  }

  private static void requireOnePerOutput(
      String what, int given, int outputs, boolean oneServesAll) {
    if (given != outputs && !(oneServesAll && given == 1)) {
      throw new OpException(
          "the model has "
              + outputs
              + " output(s) and was compiled with "
              + given
              + " "
              + what
              + " value(s): give one for each output"
              + (oneServesAll ? ", or one for all" : ""));
    }
  }

  private static List<Tensor> extras(CallContext context, List<Parameter> parameters) {
    List<Tensor> extras = new ArrayList<>(context.losses());
    for (Parameter parameter : parameters) {
      if (parameter.regularizer() != null) {
        extras.add(parameter.regularizer().penalty(parameter.value()));
      }
    }
    return extras;
  }

  private Loss loss(int output) {
    List<Loss> losses = options.losses();
    return losses.get(losses.size() == 1 ? 0 : output);
  }

  /** From the logits where the model's last step was the activation that the loss would undo. */
  private static Tensor perSample(
      Loss loss, Tensor target, Tensor prediction, CallContext context) {
    if (loss instanceof FromLogits undoing) {
      Tensor logits = context.given(prediction, undoing.activation());
      if (logits != null) {
        return undoing.onLogits().perSample(target, wide(logits));
      }
    }
    return loss.perSample(target, wide(prediction));
  }

  /** In float32 if it has 16 bits, whatever the loss does. */
  private static Tensor wide(Tensor x) {
    return x.cast(x.dtype().accumulator());
  }

  private static Tensor mean(Tensor perSample, Tensor weights) {
    if (weights == null) {
      return perSample.mean();
    }
    Tensor flat =
        perSample.rank() == 1 ? perSample : perSample.reshape(perSample.dim(0), -1).mean(1);
    return flat.mul(weights).mean();
  }

  @Override
  public void close() {
    options.optimizer().close();
  }
}
