package io.dendra.backend.cpu;

import io.dendra.backend.RandomOp;
import io.dendra.backend.View;
import io.dendra.random.Philox;
import io.dendra.tensor.DType;

/** Draws from the Philox stream of a key, several blocks at once. */
final class RandomKernel {
  private static final int COST = 12;

  private final CpuPool pool;

  RandomKernel(CpuPool pool) {
    this.pool = pool;
  }

  void random(RandomOp op, long key, long counter, View out) {
    Cells to = Cells.of(out);
    long size = out.layout().size();
    boolean wide = out.dtype() == DType.FLOAT64;
    int perBlock = wide ? 2 : 4;
    pool.ranges(
        (size + perBlock - 1) / perBlock,
        4 * COST,
        (from, end) -> {
          int[] words = new int[Philox.BLOCK];
          for (long block = from; block < end; block++) {
            Philox.block(key, counter, block, words, 0);
            int at = (int) (to.base + block * perBlock);
            int n = (int) Math.min(perBlock, size - block * perBlock);
            for (int i = 0; i < n; i++) {
              switch (op) {
                case BITS -> to.memory.ints.put(at + i, words[i]);
                case UNIFORM -> {
                  if (wide) {
                    double draw = Philox.uniform(words[2 * i], words[2 * i + 1]);
                    to.memory.doubles.put(at + i, draw);
                  } else {
                    to.memory.floats.put(at + i, Philox.uniform(words[i]));
                  }
                }
              }
            }
          }
        });
  }
}
