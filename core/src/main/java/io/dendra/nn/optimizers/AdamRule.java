package io.dendra.nn.optimizers;

import io.dendra.backend.FusedOp;
import io.dendra.ops.Elementwise;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** The step that {@link Adam} and {@link AdamW} share. */
final class AdamRule {
  private static final String MOMENTUM = "momentum";
  private static final String VELOCITY = "velocity";
  private static final String GREATEST = "velocity_hat";
  private final String owner;
  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double epsilon = 1e-7;
  private boolean amsgrad;

  AdamRule(String owner) {
    this.owner = owner;
  }

  void beta1(double share) {
    beta1 = Options.belowOne(owner, "beta1", share);
  }

  void beta2(double share) {
    beta2 = Options.belowOne(owner, "beta2", share);
  }

  void epsilon(double value) {
    epsilon = Options.notNegative(owner, "epsilon", value);
  }

  void amsgrad(boolean greatest) {
    amsgrad = greatest;
  }

  void configure(Settings settings) {
    if (settings.has("beta_1")) {
      beta1(settings.getDouble("beta_1"));
    }
    if (settings.has("beta_2")) {
      beta2(settings.getDouble("beta_2"));
    }
    if (settings.has("epsilon")) {
      epsilon(settings.getDouble("epsilon"));
    }
    if (settings.has("amsgrad")) {
      amsgrad(settings.getBoolean("amsgrad"));
    }
  }

  void addSettings(Map<String, Object> settings) {
    settings.put("beta_1", beta1);
    settings.put("beta_2", beta2);
    settings.put("epsilon", epsilon);
    settings.put("amsgrad", amsgrad);
  }

  List<String> slotNames() {
    return amsgrad ? List.of(MOMENTUM, VELOCITY, GREATEST) : List.of(MOMENTUM, VELOCITY);
  }

  private double alpha(Optimizer.Step step) {
    double t = (double) step.number();
    return step.rate() * Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t));
  }

  private FusedOp fused(Optimizer.Step step) {
    return new FusedOp.AdamStep(alpha(step), beta1, beta2, epsilon, step.decay());
  }

  Optimizer.Replay replay() {
    return amsgrad ? Optimizer.Replay.NEVER : Optimizer.Replay.FOLLOWS;
  }

  boolean updateAll(Optimizer optimizer, List<Optimizer.Step> steps) {
    return !amsgrad && FusedSteps.apply(optimizer, steps, this::fused, slotNames());
  }

  void update(Optimizer optimizer, Optimizer.Step step) {
    if (!amsgrad && FusedSteps.apply(optimizer, step, this::fused, slotNames())) {
      return;
    }
    Tensor w = step.weight();
    Tensor g = step.gradient();
    Tensor m = step.slot(MOMENTUM);
    Tensor v = step.slot(VELOCITY);
    step.decayWeight();
    m.assign(m.add(g.sub(m).mul(1 - beta1)));
    v.assign(v.add(g.square().sub(v).mul(1 - beta2)));
    Tensor size = v;
    if (amsgrad) {
      size = step.slot(GREATEST);
      size.assign(Elementwise.maximum(size, v));
    }
    w.assign(w.sub(m.mul(alpha(step)).div(size.sqrt().add(epsilon))));
  }
}
