package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;

/** Optimizer steps in one pass over memory; the results may lie over the operands. */
final class StepKernel implements FusedKernel {
  /** One block: reads the operands, leaves the results in the arrays that {@code results} names. */
  private interface Update {
    void run(float[][] block, int n);
  }

  private static final int COST = 8;

  private final CpuPool pool;
  private final Copies copies;
  private final Update update;
  private final int[] results;

  private StepKernel(CpuPool pool, Copies copies, Update update, int... results) {
    this.pool = pool;
    this.copies = copies;
    this.update = update;
    this.results = results;
  }

  static StepKernel sgd(CpuPool pool, Copies copies, FusedOp.SgdStep step) {
    float rate = (float) step.rate();
    if (!step.hasVelocity()) {
      return new StepKernel(pool, copies, (block, n) -> descend(block[0], block[1], rate, n), 0);
    }
    float momentum = (float) step.momentum();
    Update update =
        step.nesterov()
            ? (block, n) -> nesterov(block[0], block[1], block[2], rate, momentum, n)
            : (block, n) -> descend(block[0], block[1], block[2], rate, momentum, n);
    return new StepKernel(pool, copies, update, 0, 2);
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

  static StepKernel adam(CpuPool pool, Copies copies, FusedOp.AdamStep step) {
    float alpha = (float) step.alpha();
    float beta1 = (float) (1 - step.beta1());
    float beta2 = (float) (1 - step.beta2());
    float epsilon = (float) step.epsilon();
    float keep = (float) (1 - step.decay());
    return new StepKernel(
        pool,
        copies,
        (block, n) ->
            adam(block[0], block[1], block[2], block[3], alpha, beta1, beta2, epsilon, keep, n),
        0,
        2,
        3);
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

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      Cells[] from = new Cells[inputs.length];
      for (int k = 0; k < from.length; k++) {
        from[k] = Cells.of(staging.in(inputs[k]));
      }
      Cells[] to = new Cells[outputs.length];
      for (int k = 0; k < to.length; k++) {
        to[k] = Cells.of(staging.out(outputs[k]));
      }
      pool.ranges(
          inputs[0].layout().size(), COST, (start, end) -> run(from, to, (int) start, (int) end));
      staging.finish();
    }
  }

  private void run(Cells[] from, Cells[] to, int start, int end) {
    Blocks blocks = Blocks.own();
    for (int at = start; at < end; at += Blocks.LENGTH) {
      int n = Math.min(Blocks.LENGTH, end - at);
      for (int k = 0; k < from.length; k++) {
        blocks.load(k, from[k].floats(), from[k].base + at, n);
      }
      update.run(blocks.rows, n);
      for (int k = 0; k < to.length; k++) {
        to[k].floats().put(to[k].base + at, blocks.rows[results[k]], 0, n);
      }
    }
  }
}
