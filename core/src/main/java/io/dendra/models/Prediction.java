package io.dendra.models;

import io.dendra.autograd.Autograd;
import io.dendra.backend.Backends;
import io.dendra.backend.Buffer;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.plan.Plan;
import io.dendra.backend.plan.PlanMemory;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.tensor.TensorSpec;
import io.dendra.tensor.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model computes from inputs of certain shapes, recorded once, with memory of its own for
 * inputs, outputs and all in between. For one thread at a time.
 */
final class Prediction implements AutoCloseable {
  private final Model model;
  private final List<Parameter> parameters;
  private final List<Buffer> weights;
  private final List<Tensor> inputs = new ArrayList<>();
  private final PlanMemory memory;
  private List<Tensor> outputs = List.of();
  private Plan plan;
  private CapturedWork work;
  private long version;

  /**
   * Records it.
   *
   * @throws io.dendra.backend.CaptureException when it cannot be recorded
   */
  Prediction(Model model, List<TensorSpec> specs) {
    this.model = model;
    OpenDevice device = Backends.open(model.device());
    memory = new PlanMemory(device.memory());
    parameters = model.parameters();
    weights = buffers(parameters);
    try {
      for (TensorSpec spec : specs) {
        try (Tensor made = Tensor.full(spec.shape(), 0, spec.dtype(), model.device())) {
          inputs.add(made.retained());
        }
      }
      plan = Plan.recordPrediction(device, memory, weights, () -> outputs = recorded());
      version = version();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private List<Tensor> recorded() {
    try (TensorScope scope = TensorScope.open("predict")) {
      return Autograd.noGrad(
          () ->
              model.apply(inputs, CallContext.inference()).stream()
                  .map(output -> inputs.contains(output) ? output.mul(1) : output)
                  .map(Tensor::retained)
                  .toList());
    }
  }

  private static List<Buffer> buffers(List<Parameter> parameters) {
    return parameters.stream().map(p -> p.value().view().buffer()).toList();
  }

  /** Whether the weights are where they were. */
  boolean isValid() {
    return weights.equals(buffers(parameters));
  }

  List<TensorSpec> specs() {
    return inputs.stream().map(Tensor::spec).toList();
  }

  /** The outputs for inputs of its shapes. */
  List<NDArray> run(List<NDArray> arrays) {
    for (int i = 0; i < arrays.size(); i++) {
      Values.overwrite(inputs.get(i), arrays.get(i));
    }
    replay();
    return outputs.stream().map(Tensor::toNDArray).toList();
  }

  /** The same for one input and one output, into an array that is there. */
  void run(NDArray input, NDArray output) {
    Values.overwrite(inputs.get(0), input);
    replay();
    Values.copy(outputs.get(0), output);
  }

  Tensor output() {
    return outputs.get(0);
  }

  int outputCount() {
    return outputs.size();
  }

  /** Counts the writes to the weights. */
  private long version() {
    long version = 0;
    for (Parameter parameter : parameters) {
      version += parameter.value().version();
    }
    return version;
  }

  /** Replays; what cannot be computed is told as by ops that run as they are. */
  private void replay() {
    try {
      replayed();
    } catch (IndexOutOfBoundsException e) {
      TensorScope.run(() -> Autograd.noGrad(() -> model.apply(inputs, CallContext.inference())));
      throw e;
    }
  }

  private void replayed() {
    long now = version();
    if (now != version) {
      plan.refresh();
      version = now;
    }
    if (work == null) {
      // What a device records has run before.
      plan.replay();
      work = plan.captured();
      return;
    }
    work.replay();
  }

  @Override
  public void close() {
    if (work != null && work != plan) {
      work.close();
    }
    if (plan != null) {
      plan.close();
    }
    outputs.forEach(Tensor::close);
    inputs.forEach(Tensor::close);
    memory.close();
  }
}
