package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import io.dendra.backend.FusedOp;

/** What an optimizer's step does to a block: reads the operands' rows and writes over some. */
final class StepRule {
  /** Over rows of n elements. */
  private interface Update {
    void run(float[][] rows, int n);
  }

  /** The rows of the results: the parameter, and what is kept beside it behind the gradient. */
  private static final int[] WITHOUT_STATE = {0};

  private static final int[] VELOCITY = {0, 2};
  private static final int[] MOMENTS = {0, 2, 3};

  private final Update update;
  private final int operands;
  private final int[] results;

  private StepRule(Update update, int operands, int[] results) {
    this.update = update;
    this.operands = operands;
    this.results = results;
  }

  int operands() {
    return operands;
  }

  int results() {
    return results.length;
  }

  /** The row in which a result is left. */
  int result(int k) {
    return results[k];
  }

  void run(float[][] rows, int n) {
    update.run(rows, n);
  }

  static StepRule of(FusedOp step) {
    if (step instanceof FusedOp.SgdStep sgd) {
      return sgd(sgd);
    }
    if (step instanceof FusedOp.AdamStep adam) {
      return adam(adam);
    }
    throw new BackendException(step + " is no step of an optimizer");
  }

  private static StepRule sgd(FusedOp.SgdStep step) {
    float rate = (float) step.rate();
    if (!step.hasVelocity()) {
      return new StepRule((rows, n) -> descend(rows[0], rows[1], rate, n), 2, WITHOUT_STATE);
    }
    float momentum = (float) step.momentum();
    Update update =
        step.nesterov()
            ? (rows, n) -> nesterov(rows[0], rows[1], rows[2], rate, momentum, n)
            : (rows, n) -> descend(rows[0], rows[1], rows[2], rate, momentum, n);
    return new StepRule(update, 3, VELOCITY);
  }

  private static void descend(float[] p, float[] g, float rate, int n) {
    for (int i = 0; i < n; i++) {
      p[i] -= rate * g[i];
    }
  }

  private static void descend(float[] p, float[] g, float[] v, float rate, float momentum, int n) {
    for (int i = 0; i < n; i++) {
      float velocity = momentum * v[i] - rate * g[i];
      v[i] = velocity;
      p[i] += velocity;
    }
  }

  private static void nesterov(float[] p, float[] g, float[] v, float rate, float momentum, int n) {
    for (int i = 0; i < n; i++) {
      float velocity = momentum * v[i] - rate * g[i];
      v[i] = velocity;
      p[i] = p[i] + momentum * velocity - rate * g[i];
    }
  }

  private static StepRule adam(FusedOp.AdamStep step) {
    float alpha = (float) step.alpha();
    float beta1 = (float) (1 - step.beta1());
    float beta2 = (float) (1 - step.beta2());
    float epsilon = (float) step.epsilon();
    float keep = (float) (1 - step.decay());
    Update update =
        (rows, n) ->
            adam(rows[0], rows[1], rows[2], rows[3], alpha, beta1, beta2, epsilon, keep, n);
    return new StepRule(update, 4, MOMENTS);
  }

  private static void adam(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      float alpha,
      float beta1,
      float beta2,
      float epsilon,
      float keep,
      int n) {
    for (int i = 0; i < n; i++) {
      float first = m[i] + beta1 * (g[i] - m[i]);
      float second = v[i] + beta2 * (g[i] * g[i] - v[i]);
      m[i] = first;
      v[i] = second;
      p[i] = p[i] * keep - alpha * first / ((float) Math.sqrt(second) + epsilon);
    }
  }
}
