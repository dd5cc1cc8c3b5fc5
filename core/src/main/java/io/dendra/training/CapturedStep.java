package io.dendra.training;

import io.dendra.backend.BackendException;
import io.dendra.backend.Buffer;
import io.dendra.backend.CaptureException;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.MemoryPool;
import io.dendra.backend.OpenDevice;
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
 * A training step for batches of certain shapes, on its way to being captured or captured: with
 * tensors for the batch and memory for all in between that stay where they are.
 */
final class CapturedStep implements AutoCloseable {
  private final TrainingStep step;
  private final OpenDevice device;
  private final MemoryPool.Arena arena;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> targets = new ArrayList<>();
  private final List<Tensor> weights = new ArrayList<>();
  private boolean hasMemory;
  private TrainingStep.Result result;
  private StepNumbers numbers;
  private CapturedWork work;
  private Held held;

  /**
   * What captured work cannot follow: where the weights and the optimizer's slots are, the rate.
   */
  private record Held(List<Buffer> buffers, Object optimizer) {}

  CapturedStep(TrainingStep step, OpenDevice device) {
    this.step = step;
    this.device = device;
    this.arena = device.memory().arena();
  }

  /** Whether captured work would still do what the step would. */
  boolean isValid() {
    return work == null || heldNow().equals(held);
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
   * @return whether it was made; not when the backend cannot capture
   * @throws CaptureException when the step cannot be captured; nothing has been done then
   */
  boolean run(Batch batch, RandomKey key) {
    load(batch.inputs(), inputs);
    load(batch.targets(), targets);
    load(batch.sampleWeights(), weights);
    if (!hasMemory) {
      hasMemory = true;
      // With the memory that the captured step will have, so that nothing is left to allocate.
      arena.run(() -> runStep(key));
      return true;
    }
    if (work == null && !capture(key)) {
      return false;
    }
    numbers.root(key);
    work.replay();
    step.objective().optimizer().stepReplayed();
    step.model().parameters().forEach(parameter -> parameter.value().written());
    return true;
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

  private void runStep(RandomKey key) {
    // Its memory is what this time's result will have.
    closeResult();
    try (TensorScope scope = TensorScope.open("captured step")) {
      TrainingStep.Result made = step.run(inputs, targets, weights, CallContext.training(key));
      result =
          new TrainingStep.Result(
              made.loss().retained(), made.predictions().stream().map(Tensor::retained).toList());
    }
  }

  private boolean capture(RandomKey key) {
    Optimizer optimizer = step.objective().optimizer();
    numbers = new StepNumbers(key);
    long iterations = optimizer.iterations();
    try {
      work =
          device
              .backend()
              .capture(numbers, () -> numbers.during(() -> arena.run(() -> runStep(key))));
      numbers.requireComplete();
    } catch (CaptureException e) {
      throw e;
    } catch (OpException | BackendException e) {
      // The step as it is will tell whether it is only in a capture that it fails.
      throw new CaptureException(e.getMessage());
    } finally {
      // What was captured has not been done yet.
      optimizer.stepsUndone(optimizer.iterations() - iterations);
    }
    held = heldNow();
    return work != null;
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
    if (work != null) {
      work.close();
      work = null;
    }
    closeResult();
    List.of(inputs, targets, weights).forEach(tensors -> tensors.forEach(Tensor::close));
    arena.close();
  }
}
