package io.dendra.nn.optimizers;

import io.dendra.backend.FusedOp;
import io.dendra.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Gradient descent, with momentum if asked for: {@code v = momentum · v - rate · g}, {@code w = w +
 * v}.
 */
public final class SGD extends Optimizer {
  private static final String MOMENTUM = "momentum";
  private double momentum;
  private boolean nesterov;

  /** With learning rate 0.01. */
  public SGD() {
    this(0.01);
  }

  /** With a learning rate. */
  public SGD(double learningRate) {
    super(learningRate);
  }

  /** With a learning rate that depends on the step. */
  public SGD(LearningRateSchedule schedule) {
    super(schedule);
  }

  /** Sets the share of the last step that goes into the next, from 0 to 1; 0 if not given. */
  public SGD momentum(double share) {
    momentum = Options.fraction("SGD", MOMENTUM, share);
    return this;
  }

  /** Takes the gradient's part ahead of the momentum (Y. Nesterov, 1983). Needs momentum. */
  public SGD nesterov(boolean ahead) {
    nesterov = ahead;
    return this;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = super.settings();
    settings.put(MOMENTUM, momentum);
    settings.put("nesterov", nesterov);
    return settings;
  }

  @Override
  protected List<String> slotNames() {
    return momentum == 0 ? List.of() : List.of(MOMENTUM);
  }

  @Override
  public Replay replay() {
    return hasWeightDecay() ? Replay.WHILE_RATE_STAYS : Replay.FOLLOWS;
  }

  @Override
  protected boolean updateAll(List<Step> steps) {
    return FusedSteps.apply(this, steps, this::fused, slotNames());
  }

  private FusedOp fused(Step step) {
    return new FusedOp.SgdStep(step.rate(), momentum, nesterov);
  }

  @Override
  protected void update(Step step) {
    Tensor w = step.weight();
    if (FusedSteps.apply(this, step, this::fused, slotNames())) {
      return;
    }
    Tensor move = step.gradient().mul(step.rate());
    if (momentum == 0) {
      w.assign(w.sub(move));
      return;
    }
    Tensor v = step.slot(MOMENTUM);
    v.assign(v.mul(momentum).sub(move));
    w.assign(w.add(nesterov ? v.mul(momentum).sub(move) : v));
  }
}
