package io.dendra.nn.optimizers;

import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Divides the gradient by a running mean of its size (T. Hinton, 2012): {@code v = rho · v + (1 -
 * rho) · g²}, {@code w = w - rate · g / sqrt(v + epsilon)}.
 */
public final class RMSprop extends Optimizer {
  private static final String VELOCITY = "velocity";
  private static final String MOMENTUM = "momentum";
  private static final String AVERAGE = "average_gradient";
  private double rho = 0.9;
  private double momentum;
  private double epsilon = 1e-7;
  private boolean centered;

  /** With learning rate 0.001. */
  public RMSprop() {
    this(0.001);
  }

  /** With a learning rate. */
  public RMSprop(double learningRate) {
    super(learningRate);
  }

  /** With a learning rate that depends on the step. */
  public RMSprop(LearningRateSchedule schedule) {
    super(schedule);
  }

  /** Sets the share of the running mean that stays, from 0 to 1; 0.9 if not given. */
  public RMSprop rho(double share) {
    rho = Options.fraction("RMSprop", "rho", share);
    return this;
  }

  /** Sets the share of the last step that goes into the next, from 0 to 1; 0 if not given. */
  public RMSprop momentum(double share) {
    momentum = Options.fraction("RMSprop", MOMENTUM, share);
    return this;
  }

  /** Sets what keeps the divisor from 0; {@code 1e-7} if not given. */
  public RMSprop epsilon(double value) {
    epsilon = Options.notNegative("RMSprop", "epsilon", value);
    return this;
  }

  /** Divides by the gradient's standard deviation, not by its size (A. Graves, 2013). */
  public RMSprop centered(boolean byDeviation) {
    centered = byDeviation;
    return this;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = super.settings();
    settings.put("rho", rho);
    settings.put(MOMENTUM, momentum);
    settings.put("epsilon", epsilon);
    settings.put("centered", centered);
    return settings;
  }

  @Override
  protected List<String> slotNames() {
    List<String> names = new ArrayList<>(List.of(VELOCITY));
    if (momentum > 0) {
      names.add(MOMENTUM);
    }
    if (centered) {
      names.add(AVERAGE);
    }
    return names;
  }

  @Override
  public Replay replay() {
    return Replay.WHILE_RATE_STAYS;
  }

  @Override
  protected void update(Step step) {
    Tensor w = step.weight();
    Tensor g = step.gradient();
    Tensor v = step.slot(VELOCITY);
    v.assign(v.mul(rho).add(g.square().mul(1 - rho)));
    Tensor variance = v;
    if (centered) {
      Tensor mean = step.slot(AVERAGE);
      mean.assign(mean.mul(rho).add(g.mul(1 - rho)));
      variance = v.sub(mean.square());
    }
    Tensor move = g.mul(step.rate()).div(variance.add(epsilon).sqrt());
    if (momentum > 0) {
      Tensor m = step.slot(MOMENTUM);
      m.assign(m.mul(momentum).add(move));
      move = m;
    }
    w.assign(w.sub(move));
  }
}
