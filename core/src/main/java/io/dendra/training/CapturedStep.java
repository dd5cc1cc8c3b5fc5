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
   * What captured work cannot follow: which weights there are, and where, and what the optimizer
   * tells, such as the rate. Asked at each step, so that it makes next to no objects.
   *
   * @param revision of the model's weights
   * @param parameters all of them
   * @param buffers where they are
   * @param optimizer what it tells
   */
  private record Held(
      long revision, List<Parameter> parameters, List<Buffer> buffers, Object optimizer) {
    boolean isNow(long revisionNow, Object optimizerNow) {
      boolean same = revision == revisionNow && optimizer.equals(optimizerNow);
      for (int i = 0; same && i < buffers.size(); i++) {
        same = parameters.get(i).value().view().buffer() == buffers.get(i);
      }
      return same;
    }
  }

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
    return plan == null || held.isNow(step.model().revision(), optimizerNow());
  }

  /** Gradients depend on nothing of the optimizer but the scale of the loss. */
  private Object optimizerNow() {
    Optimizer optimizer = step.objective().optimizer();
    return whole ? optimizer.held() : optimizer.lossScale();
  }

  private Held heldNow() {
    List<Parameter> parameters = step.model().parameters();
    List<Buffer> buffers = new ArrayList<>(parameters.size());
    parameters.forEach(parameter -> buffers.add(parameter.value().view().buffer()));
    return new Held(step.model().revision(), parameters, buffers, optimizerNow());
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
    for (int i = 0; i < held.parameters.size(); i++) {
      held.parameters.get(i).value().written();
    }
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
