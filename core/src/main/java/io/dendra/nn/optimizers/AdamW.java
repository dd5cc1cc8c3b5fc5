package io.dendra.nn.optimizers;

import io.dendra.serialization.Settings;
import java.util.List;
import java.util.Map;

/**
 * {@link Adam} with weight decay, 0.004 if not set otherwise: before each step a weight loses
 * {@code rate · decay} of itself (I. Loshchilov and F. Hutter, Decoupled Weight Decay
 * Regularization, 2019).
 */
public final class AdamW extends Optimizer {
  private static final double DECAY = 0.004;
  private final AdamRule rule = new AdamRule("AdamW");

  /** With learning rate 0.001 and weight decay 0.004. */
  public AdamW() {
    this(0.001);
  }

  /** With a learning rate. */
  public AdamW(double learningRate) {
    super(learningRate);
    weightDecay(DECAY);
  }

  /** With a learning rate that depends on the step. */
  public AdamW(LearningRateSchedule schedule) {
    super(schedule);
    weightDecay(DECAY);
  }

  /** Sets the share of the gradient's running mean that stays; 0.9 if not given. */
  public AdamW beta1(double share) {
    rule.beta1(share);
    return this;
  }

  /** Sets the share of the running mean of squares that stays; 0.999 if not given. */
  public AdamW beta2(double share) {
    rule.beta2(share);
    return this;
  }

  /** Sets what keeps the divisor from 0; {@code 1e-7} if not given. */
  public AdamW epsilon(double value) {
    rule.epsilon(value);
    return this;
  }

  /** Divides by the greatest mean of squares so far (S. Reddi et al., 2018). */
  public AdamW amsgrad(boolean greatest) {
    rule.amsgrad(greatest);
    return this;
  }

  void configureRule(Settings settings) {
    rule.configure(settings);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = super.settings();
    rule.addSettings(settings);
    return settings;
  }

  @Override
  protected List<String> slotNames() {
    return rule.slotNames();
  }

  @Override
  protected boolean decaysInUpdate() {
    return true;
  }

  @Override
  public Replay replay() {
    return rule.replay();
  }

  @Override
  protected boolean updateAll(List<Step> steps) {
    return rule.updateAll(this, steps);
  }

  @Override
  protected void update(Step step) {
    rule.update(this, step);
  }
}
