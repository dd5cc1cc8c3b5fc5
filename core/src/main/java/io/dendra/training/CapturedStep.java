package io.dendra.training;

import io.dendra.backend.BackendException;
import io.dendra.backend.Buffer;
import io.dendra.backend.CaptureException;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.plan.Plan;
import io.dendra.backend.plan.PlanMemory;
import io.dendra.data.Batch;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Parameter;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.ops.OpException;
import io.dendra.ops.StepNumbers;
import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;

/**
 * A training step for batches of certain shapes that is recorded at its first run and replayed from
 * then on, with tensors for the batch that stay where they are.
 */
final class CapturedStep implements AutoCloseable {
  private final TrainingStep step;
  private final OpenDevice device;
  private final PlanMemory memory;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> targets = new ArrayList<>();
  private final List<Tensor> weights = new ArrayList<>();
  private TrainingStep.Result result;
  private StepNumbers numbers;
  private Plan plan;
  private CapturedWork work;
  private Held held;

  /**
   * What captured work cannot follow: where the weights and the optimizer's slots are, the rate.
   */
  private record Held(List<Buffer> buffers, Object optimizer) {}

  /**
   * A step to be.
   *
   * @param memory for what it computes, shared with steps of other shapes
   */
  CapturedStep(TrainingStep step, OpenDevice device, PlanMemory memory) {
    this.step = step;
    this.device = device;
    this.memory = memory;
  }

  /** Whether captured work would still do what the step would. */
  boolean isValid() {
    return plan == null || heldNow().equals(held);
  }

  private Held heldNow() {
    List<Buffer> buffers = new ArrayList<>();
    for (Parameter parameter : step.model().parameters()) {
      buffers.add(parameter.value().view().buffer());
    }
    step.model().trainableParameters().forEach(p -> buffers.add(p.value().view().buffer()));
    return new Held(buffers, step.objective().optimizer().held());
  }

  /**
   * Makes a step.
   *
   * @throws CaptureException when the step cannot be captured; nothing has been done then
   */
  void run(Batch batch, RandomKey key) {
    load(batch.inputs(), inputs);
    load(batch.targets(), targets);
    load(batch.sampleWeights(), weights);
    if (plan == null) {
      record(key);
      // The device records what has run before, so that all it needs is there.
      replay(plan, key);
      return;
    }
    if (work != null && work != plan && !plan.isBound()) {
      work.close();
      work = null;
    }
    if (work == null) {
      work = plan.captured();
    }
    replay(work, key);
  }

  private void replay(CapturedWork captured, RandomKey key) {
    numbers.root(key);
    captured.replay();
    step.objective().optimizer().stepReplayed();
    step.model().parameters().forEach(parameter -> parameter.value().written());
  }

  /** What the last step left, valid until the next one. */
  TrainingStep.Result result() {
    return result;
  }

  /** The targets of the last step. */
  List<Tensor> targets() {
    return targets;
  }

  /** The sample weights of the last step. */
  List<Tensor> weights() {
    return weights;
  }

  private void load(List<NDArray> arrays, List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      for (NDArray array : arrays) {
        try (Tensor made = Tensor.of(array, device.device())) {
          tensors.add(made.retained());
        }
      }
      return;
    }
    for (int i = 0; i < arrays.size(); i++) {
      Tensor tensor = tensors.get(i);
      device.backend().fromHost(arrays.get(i).array(), 0, tensor.view());
      tensor.written();
    }
  }

  private void record(RandomKey key) {
    Optimizer optimizer = step.objective().optimizer();
    numbers = new StepNumbers(key);
    long iterations = optimizer.iterations();
    try {
      plan =
          Plan.record(device, numbers, memory, () -> numbers.during(() -> result = recorded(key)));
      numbers.requireComplete();
    } catch (CaptureException e) {
      throw e;
    } catch (OpException | BackendException e) {
      // The step as it is will tell whether it is only in a recording that it fails.
      throw new CaptureException(e.getMessage());
    } finally {
      // What was recorded has not been done yet.
      optimizer.stepsUndone(optimizer.iterations() - iterations);
    }
    held = heldNow();
  }

  private TrainingStep.Result recorded(RandomKey key) {
    try (TensorScope scope = TensorScope.open("captured step")) {
      TrainingStep.Result made = step.run(inputs, targets, weights, CallContext.training(key));
      return new TrainingStep.Result(
          made.loss().retained(), made.predictions().stream().map(Tensor::retained).toList());
    }
  }

  private void closeResult() {
    if (result != null) {
      result.loss().close();
      result.predictions().forEach(Tensor::close);
      result = null;
    }
  }

  @Override
  public void close() {
    if (work != null && work != plan) {
      work.close();
    }
    work = null;
    if (plan != null) {
      plan.close();
      plan = null;
    }
    closeResult();
    List.of(inputs, targets, weights).forEach(tensors -> tensors.forEach(Tensor::close));
  }
}
