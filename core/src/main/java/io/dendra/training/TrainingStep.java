package io.dendra.training;

import io.dendra.autograd.Autograd;
import io.dendra.models.Model;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** One step of training a model for its objective: forward, backward, optimizer. */
record TrainingStep(Model model, Objective objective) {
  /** What a step leaves: its loss, a single number, and the outputs before the step. */
  record Result(Tensor loss, List<Tensor> predictions) {}

  /** What a step is made from. */
  record Gradients(Result result, List<Tensor> gradients, Map<Parameter, Tensor> updates) {}

  Result run(List<Tensor> inputs, List<Tensor> targets, List<Tensor> weights, CallContext context) {
    Gradients gradients = gradients(inputs, targets, weights, context);
    apply(gradients);
    return gradients.result();
  }

  /** The forward and the backward pass. */
  Gradients gradients(
      List<Tensor> inputs, List<Tensor> targets, List<Tensor> weights, CallContext context) {
    List<Tensor> predictions = model.apply(inputs, context);
    List<Parameter> parameters = model.trainableParameters();
    Tensor loss = objective.loss(targets, predictions, weights, context, parameters);
    List<Tensor> values = parameters.stream().map(Parameter::value).toList();
    Tensor scaled = objective.optimizer().scaleLoss(loss);
    List<Tensor> gradients = Autograd.grad(scaled, values, options -> options.allowUnused());
    return new Gradients(new Result(loss, predictions), gradients, context.updates());
  }

  /** The optimizer's part, and what layers keep of the batch when it makes its step. */
  void apply(Gradients gradients) {
    if (objective.optimizer().apply(model.trainableParameters(), gradients.gradients())) {
      gradients.updates().forEach(Parameter::assign);
    }
  }
}
