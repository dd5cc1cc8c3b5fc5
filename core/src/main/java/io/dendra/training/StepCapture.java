package io.dendra.training;

import io.dendra.backend.Backends;
import io.dendra.backend.CaptureException;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.plan.PlanMemory;
import io.dendra.config.Config;
import io.dendra.data.Batch;
import io.dendra.models.Model;
import io.dendra.nn.layers.Lambda;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.losses.Loss;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  /** The key of the switch. */
  static final String FLAG = "dendra.capture";

  private static final Logger LOG = LoggerFactory.getLogger(StepCapture.class);
  private static final int MOST_SHAPES = 16;
  private static final Set<Package> OWN =
      Set.of(Model.class.getPackage(), Layer.class.getPackage(), Loss.class.getPackage());

  private final TrainingStep step;
  private final Map<Shapes, CapturedStep> captured = new LinkedHashMap<>();
  private PlanMemory memory;
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
  }

  StepCapture(TrainingStep step) {
    this.step = step;
    String obstacle = obstacle(step, Config.get(FLAG).orElse("auto"));
    this.off = obstacle != null;
    if (off) {
      LOG.debug("Training steps are not captured: {}", obstacle);
    }
  }

  /** Why steps cannot be captured, or null. */
  private static String obstacle(TrainingStep step, String flag) {
    if (flag.equals("off")) {
      return FLAG + " is off";
    }
    Optimizer optimizer = step.objective().optimizer();
    if (optimizer.replay() == Optimizer.Replay.NEVER) {
      return optimizer.getClass().getSimpleName() + " computes each step from numbers of its own";
    }
    if (optimizer.replay() == Optimizer.Replay.WHILE_RATE_STAYS && optimizer.hasSchedule()) {
      return "the learning rate changes with each step";
    }
    if (flag.equals("on")) {
      return null;
    }
    String foreign = foreign(step.model());
    for (Loss loss : step.objective().losses()) {
      foreign = isOwn(loss) ? foreign : loss.getClass().getName();
    }
    return foreign == null
        ? null
        : foreign
            + " is not Dendra's own and may differ from step to step; "
            + FLAG
            + "=on trusts it";
  }

  private static String foreign(Layer layer) {
    if (layer instanceof Lambda || !isOwn(layer)) {
      return "layer " + layer.path();
    }
    for (Layer inner : layer.layers()) {
      String foreign = foreign(inner);
      if (foreign != null) {
        return foreign;
      }
    }
    return null;
  }

  private static boolean isOwn(Object object) {
    Class<?> type = object.getClass();
    return OWN.contains(type.getPackage()) && !type.isHidden();
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
    Shapes shapes = Shapes.of(batch);
    CapturedStep known = captured.get(shapes);
    if (known != null && !known.isValid()) {
      captured.remove(shapes).close();
      known = null;
    }
    if (known == null) {
      if (captured.size() < MOST_SHAPES) {
        OpenDevice device = Backends.open(step.model().device());
        if (memory == null) {
          memory = new PlanMemory(device.memory());
        }
        captured.put(shapes, new CapturedStep(step, device, memory));
      }
      return null;
    }
    try {
      known.run(batch, key);
      return known;
    } catch (CaptureException e) {
      giveUp(e.getMessage());
      return null;
    }
  }

  private void giveUp(String reason) {
    LOG.info("Training steps on {} are not captured: {}", step.model().device(), reason);
    off = true;
    close();
  }

  @Override
  public void close() {
    captured.values().forEach(CapturedStep::close);
    captured.clear();
    if (memory != null) {
      memory.close();
    }
  }
}
