package io.dendra.training;

import io.dendra.backend.Backends;
import io.dendra.backend.CaptureException;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.plan.PlanMemory;
import io.dendra.data.Batch;
import io.dendra.models.CapturePolicy;
import io.dendra.nn.losses.Loss;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the steps of a training and replays them for batches of the same shapes, as a plan or, on
 * a device that can, as work that it has captured: the launches of a whole step then cost the host
 * as much as one.
 *
 * <p>A step of new shapes runs as it is at first, then it is recorded and replayed. A training
 * whose steps cannot be captured, such as one that reads values in between, goes on as it is, with
 * the reason logged once. {@code dendra.capture=off} captures nothing; {@code on} captures also
 * where layers or losses of one's own could do something else at each step.
 */
final class StepCapture implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StepCapture.class);
  private static final int MOST_SHAPES = 16;

  private final TrainingStep step;
  private final List<Known> captured = new ArrayList<>();
  private PlanMemory memory;
  private boolean whole;
  private boolean off;

  /** What has to agree for a batch to be computed by a captured step. */
  private record Shapes(
      List<TensorSpec> inputs, List<TensorSpec> targets, List<TensorSpec> weights) {
    static Shapes of(Batch batch) {
      return new Shapes(
          specs(batch.inputs()), specs(batch.targets()), specs(batch.sampleWeights()));
    }

    private static List<TensorSpec> specs(List<NDArray> arrays) {
      return arrays.stream().map(array -> new TensorSpec(array.shape(), array.dtype())).toList();
    }

    boolean fit(Batch batch) {
      return fit(inputs, batch.inputs())
          && fit(targets, batch.targets())
          && fit(weights, batch.sampleWeights());
    }

    /** Asked at each step, so that it makes no objects. */
    private static boolean fit(List<TensorSpec> specs, List<NDArray> arrays) {
      boolean fit = specs.size() == arrays.size();
      for (int i = 0; fit && i < specs.size(); i++) {
        TensorSpec spec = specs.get(i);
        NDArray array = arrays.get(i);
        fit = spec.dtype() == array.dtype() && spec.shape().equals(array.shape());
      }
      return fit;
    }
  }

  private record Known(Shapes shapes, CapturedStep step) {}

  StepCapture(TrainingStep step) {
    this.step = step;
    String obstacle = obstacle(step);
    this.off = obstacle != null;
    this.whole = follows(step.objective().optimizer());
    if (off) {
      LOG.debug("Training steps are not captured: {}", obstacle);
    }
  }

  /** Whether recorded steps can include the optimizer's. */
  private static boolean follows(Optimizer optimizer) {
    return switch (optimizer.replay()) {
      case FOLLOWS -> true;
      case WHILE_RATE_STAYS -> !optimizer.hasSchedule();
      case NEVER -> false;
    };
  }

  /** Why steps cannot be captured, or null. */
  private static String obstacle(TrainingStep step) {
    String obstacle = CapturePolicy.obstacle(step.model());
    for (Loss loss : step.objective().losses()) {
      obstacle = obstacle == null ? CapturePolicy.obstacle(loss) : obstacle;
    }
    return obstacle;
  }

  /**
   * Makes a step by captured work.
   *
   * @return the step, with what it leaves; null when it is to be run as it is
   */
  CapturedStep run(Batch batch, RandomKey key) {
    if (off) {
      return null;
    }
    Known known = find(batch);
    if (known != null && !known.step.isValid()) {
      captured.remove(known);
      known.step.close();
      known = null;
    }
    if (known == null) {
      if (captured.size() < MOST_SHAPES) {
        add(Shapes.of(batch));
      }
      return null;
    }
    try {
      known.step.run(batch, key);
      return known.step;
    } catch (CaptureException e) {
      if (!whole) {
        giveUp(e.getMessage());
        return null;
      }
      LOG.debug("The optimizer's part of steps is not captured: {}", e.getMessage());
      whole = false;
      close();
      add(Shapes.of(batch));
      return run(batch, key);
    }
  }

  private Known find(Batch batch) {
    for (int i = 0; i < captured.size(); i++) {
      if (captured.get(i).shapes.fit(batch)) {
        return captured.get(i);
      }
    }
    return null;
  }

  private void add(Shapes shapes) {
    OpenDevice device = Backends.open(step.model().device());
    if (memory == null) {
      memory = new PlanMemory(device.memory());
    }
    captured.add(new Known(shapes, new CapturedStep(step, device, memory, whole)));
  }

  private void giveUp(String reason) {
    LOG.info("Training steps on {} are not captured: {}", step.model().device(), reason);
    off = true;
    close();
  }

  @Override
  public void close() {
    captured.forEach(known -> known.step.close());
    captured.clear();
    if (memory != null) {
      memory.close();
    }
  }
}
