package io.dendra.backend.cuda;

import io.dendra.backend.FusedOp;

/** What a step of an optimizer computes: the structures of {@code steps.cu}. */
enum StepRule {
  ADAM("Adam", 4),
  MOMENTUM("Momentum", 3),
  NESTEROV("Nesterov", 3),
  DESCENT("Descent", 2);

  /** Numbers that all parameters of a step share. */
  static final int NUMBERS = 4;

  private final String structure;
  private final int operands;

  StepRule(String structure, int operands) {
    this.structure = structure;
    this.operands = operands;
  }

  /** The rule of a step; null for another op. */
  static StepRule of(FusedOp op) {
    if (op instanceof FusedOp.AdamStep) {
      return ADAM;
    }
    if (op instanceof FusedOp.SgdStep sgd) {
      return !sgd.hasVelocity() ? DESCENT : sgd.nesterov() ? NESTEROV : MOMENTUM;
    }
    return null;
  }

  /** The name in the source. */
  String structure() {
    return structure;
  }

  /** Weight, gradient, and what is kept for the weight. */
  int operands() {
    return operands;
  }

  /** What all parameters share. */
  static double[] numbers(FusedOp op) {
    if (op instanceof FusedOp.AdamStep adam) {
      return new double[] {adam.alpha(), adam.beta1(), adam.beta2(), adam.epsilon()};
    }
    FusedOp.SgdStep sgd = (FusedOp.SgdStep) op;
    return new double[] {sgd.rate(), sgd.momentum(), 0, 0};
  }

  /** What is a parameter's own. */
  static double decay(FusedOp op) {
    return op instanceof FusedOp.AdamStep adam ? adam.decay() : 0;
  }
}
