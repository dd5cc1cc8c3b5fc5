package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.nio.FloatBuffer;

/**
 * Cross-entropy from logits and class numbers. The losses come from the Java loops, whose
 * logarithms are exact for small ones; the gradients from oneDNN's softmax.
 */
final class DnnCrossEntropyKernel implements FusedKernel {
  private static final int COST = 2;

  private final DnnRows primitives;
  private final CpuPool pool;
  private final Copies copies;
  private final CrossEntropyKernel loops;

  DnnCrossEntropyKernel(DnnRows primitives, CpuPool pool, Copies copies) {
    this.primitives = primitives;
    this.pool = pool;
    this.copies = copies;
    this.loops = new CrossEntropyKernel(pool, copies);
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    loops.forward(inputs, outputs);
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
      View logits = staging.in(inputs[0]);
      Cells labels = Cells.of(staging.in(inputs[1]));
      Cells gradient = Cells.of(staging.in(gradOutputs[0]));
      View result = staging.out(gradInputs[0]);
      long x = CpuBuffer.address(logits);
      long d = CpuBuffer.address(result);
      Cells cells = Cells.of(result);
      Pieces pieces = new Pieces(logits.shape().dim(0), logits.shape().dim(1));
      int n = (int) pieces.columns();
      pieces.run(
          pool,
          COST,
          (first, rows) -> {
            long start = Float.BYTES * first * n;
            primitives.softmax(rows, n).execute(x + start, d + start);
            DnnSoftmaxKernel.spreadNaN(
                cells.floats(), (int) (cells.base + first * n), (int) rows, n);
            for (int r = (int) first; r < first + rows; r++) {
              float g = gradient.floats().get(gradient.base + r);
              int label = (int) labels.memory.longs.get(labels.base + r);
              scale(cells.floats(), cells.base + r * n, n, g, label);
            }
          });
      staging.finish();
    }
  }

  private static void scale(FloatBuffer d, int at, int n, float g, int label) {
    for (int i = 0; i < n; i++) {
      d.put(at + i, d.get(at + i) * g);
    }
    d.put(at + label, d.get(at + label) - g);
  }
}
