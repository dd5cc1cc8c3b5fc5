package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.nio.FloatBuffer;

/** Cross-entropy from logits and class numbers: {@code log Σ e^x - x[label]} per row. */
final class CrossEntropyKernel implements FusedKernel {
  private static final int COST = 10;

  private final CpuPool pool;
  private final Copies copies;

  CrossEntropyKernel(CpuPool pool, Copies copies) {
    this.pool = pool;
    this.copies = copies;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      Cells logits = Cells.of(staging.in(inputs[0]));
      Cells labels = Cells.of(staging.in(inputs[1]));
      Cells losses = Cells.of(staging.out(outputs[0]));
      int classes = (int) inputs[0].shape().dim(1);
      FloatBuffer x = logits.floats();
      pool.ranges(
          inputs[0].shape().dim(0),
          (long) classes * COST,
          (from, to) -> {
            for (int row = (int) from; row < to; row++) {
              int at = logits.base + row * classes;
              float max = SoftmaxKernel.max(x, at, classes);
              double loss =
                  Math.log(sum(x, at, classes, max)) + max - x.get(at + label(labels, row));
              losses.set(losses.base + row, loss);
            }
          });
      staging.finish();
    }
  }

  private static int label(Cells labels, int row) {
    return (int) labels.memory.longs.get(labels.base + row);
  }

  private static double sum(FloatBuffer x, int at, int n, float max) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x.get(at + i) - max);
    }
    return sum;
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /** {@code g (softmax(x) - 1[label])}. */
  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    if (gradInputs[0] == null) {
      return;
    }
    try (Staging staging = new Staging(copies)) {
      Cells logits = Cells.of(staging.in(inputs[0]));
      Cells labels = Cells.of(staging.in(inputs[1]));
      Cells gradient = Cells.of(staging.in(gradOutputs[0]));
      Cells result = Cells.of(staging.out(gradInputs[0]));
      int classes = (int) inputs[0].shape().dim(1);
      FloatBuffer x = logits.floats();
      FloatBuffer d = result.floats();
      pool.ranges(
          inputs[0].shape().dim(0),
          2L * classes * COST,
          (from, to) -> {
            for (int row = (int) from; row < to; row++) {
              int at = logits.base + row * classes;
              int into = result.base + row * classes;
              float max = SoftmaxKernel.max(x, at, classes);
              double g = gradient.get(gradient.base + row);
              double scale = g / sum(x, at, classes, max);
              for (int i = 0; i < classes; i++) {
                d.put(into + i, (float) (Math.exp(x.get(at + i) - max) * scale));
              }
              int label = into + label(labels, row);
              d.put(label, (float) (d.get(label) - g));
            }
          });
      staging.finish();
    }
  }
}
