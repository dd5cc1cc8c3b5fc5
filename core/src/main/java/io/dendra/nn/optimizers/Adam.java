package io.dendra.nn.optimizers;

import io.dendra.serialization.Settings;
import java.util.List;
import java.util.Map;

/**
 * Steps by running means of the gradient and its square (D. Kingma and J. Ba, Adam, 2015): {@code m
 * = m + (1 - beta1)(g - m)}, {@code v = v + (1 - beta2)(g² - v)}, {@code w = w - alpha · m /
 * (sqrt(v) + epsilon)} with {@code alpha = rate · sqrt(1 - beta2^t) / (1 - beta1^t)}.
 */
public final class Adam extends Optimizer {
  private final AdamRule rule = new AdamRule("Adam");

  /** With learning rate 0.001. */
  public Adam() {
    this(0.001);
  }

  /** With a learning rate. */
  public Adam(double learningRate) {
    super(learningRate);
  }

  /** With a learning rate that depends on the step. */
  public Adam(LearningRateSchedule schedule) {
    super(schedule);
  }

  /** Sets the share of the gradient's running mean that stays; 0.9 if not given. */
  public Adam beta1(double share) {
    rule.beta1(share);
    return this;
  }

  /** Sets the share of the running mean of squares that stays; 0.999 if not given. */
  public Adam beta2(double share) {
    rule.beta2(share);
    return this;
  }

  /** Sets what keeps the divisor from 0; {@code 1e-7} if not given. */
  public Adam epsilon(double value) {
    rule.epsilon(value);
    return this;
  }

  /** Divides by the greatest mean of squares so far (S. Reddi et al., 2018). */
  public Adam amsgrad(boolean greatest) {
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
