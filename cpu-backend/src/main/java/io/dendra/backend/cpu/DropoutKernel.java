package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.random.Philox;
import java.nio.FloatBuffer;

/** Dropout that draws its mask again in the backward pass in place of storing it. */
final class DropoutKernel implements FusedKernel {
  private static final int COST = 6;

  private final CpuPool pool;
  private final Copies copies;
  private final FusedOp.Dropout op;

  DropoutKernel(CpuPool pool, Copies copies, FusedOp.Dropout op) {
    this.pool = pool;
    this.copies = copies;
    this.op = op;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    apply(inputs[0], outputs[0]);
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    if (gradInputs[0] != null) {
      apply(gradOutputs[0], gradInputs[0]);
    }
  }

  private void apply(View in, View out) {
    try (Staging staging = new Staging(copies)) {
      Cells from = Cells.of(staging.in(in));
      Cells to = Cells.of(staging.out(out));
      FloatBuffer x = from.floats();
      FloatBuffer y = to.floats();
      long size = in.layout().size();
      float rate = (float) op.rate();
      float scale = (float) (1 / (1 - op.rate()));
      pool.ranges(
          (size + 3) / 4,
          4 * COST,
          (first, last) -> {
            int[] words = new int[4];
            for (long block = first; block < last; block++) {
              Philox.block(op.key(), op.counter(), block, words, 0);
              int at = (int) (4 * block);
              for (int i = 0; i < 4 && at + i < size; i++) {
                boolean kept = Philox.uniform(words[i]) >= rate;
                y.put(to.base + at + i, kept ? x.get(from.base + at + i) * scale : 0);
              }
            }
          });
      staging.finish();
    }
  }
}
