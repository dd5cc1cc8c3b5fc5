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
import io.dendra.tensor.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A training step for batches of certain shapes that is recorded at its first run and replayed from
 * then on, with tensors for the batch that stay where they are.
 */
final class CapturedStep implements AutoCloseable {
  private final TrainingStep step;
  private final OpenDevice device;
  private final PlanMemory memory;
  private final boolean whole;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> targets = new ArrayList<>();
  private final List<Tensor> weights = new ArrayList<>();
  private TrainingStep.Gradients made;
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
   * @param whole whether the optimizer's part is recorded, too, or made as it is
   */
  CapturedStep(TrainingStep step, OpenDevice device, PlanMemory memory, boolean whole) {
    this.step = step;
    this.device = device;
    this.memory = memory;
    this.whole = whole;
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
    Optimizer optimizer = step.objective().optimizer();
    // Gradients depend on nothing of the optimizer but the scale of the loss.
    return new Held(buffers, whole ? optimizer.held() : optimizer.lossScale());
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
    if (!whole) {
      step.apply(made);
      return;
    }
    step.objective().optimizer().stepReplayed();
    step.model().parameters().forEach(parameter -> parameter.value().written());
  }

  /** What the last step left, valid until the next one. */
  TrainingStep.Result result() {
    return made.result();
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
      Values.overwrite(tensors.get(i), arrays.get(i));
    }
  }

  private void record(RandomKey key) {
    Optimizer optimizer = step.objective().optimizer();
    numbers = new StepNumbers(key);
    long iterations = optimizer.iterations();
    try {
      plan = Plan.record(device, numbers, memory, () -> numbers.during(() -> made = recorded(key)));
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

  private TrainingStep.Gradients recorded(RandomKey key) {
    try (TensorScope scope = TensorScope.open("captured step")) {
      TrainingStep.Gradients all =
          step.gradients(inputs, targets, weights, CallContext.training(key));
      TrainingStep.Result result =
          new TrainingStep.Result(
              all.result().loss().retained(), retained(all.result().predictions()));
      if (whole) {
        step.apply(all);
        return new TrainingStep.Gradients(result, List.of(), Map.of());
      }
      Map<Parameter, Tensor> updates = new LinkedHashMap<>();
      all.updates().forEach((parameter, value) -> updates.put(parameter, value.retained()));
      return new TrainingStep.Gradients(result, retained(all.gradients()), updates);
    }
  }

  /** Tensors that stay; a parameter that nothing depends on has no gradient. */
  private static List<Tensor> retained(List<Tensor> tensors) {
    List<Tensor> result = new ArrayList<>(tensors.size());
    tensors.forEach(tensor -> result.add(tensor == null ? null : tensor.retained()));
    return result;
  }

  private void closeMade() {
    if (made != null) {
      made.result().loss().close();
      made.result().predictions().forEach(Tensor::close);
      made.gradients().stream().filter(Objects::nonNull).forEach(Tensor::close);
      made.updates().values().forEach(Tensor::close);
      made = null;
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
    closeMade();
    List.of(inputs, targets, weights).forEach(tensors -> tensors.forEach(Tensor::close));
  }
}
