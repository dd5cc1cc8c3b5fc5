package io.dendra.backend.cpu;

import io.dendra.backend.View;
import java.nio.FloatBuffer;

/** Sums of what the parts of a loop gave, in the order of the parts. */
final class PartSums {
  private static final int COST = 1;

  private PartSums() {}

  /** Adds to the first of {@code parts} stretches of float32 all that follow. */
  static void add(CpuPool pool, View terms, int stride, int parts) {
    Cells cells = Cells.of(terms);
    FloatBuffer memory = cells.floats();
    pool.ranges(
        stride,
        (long) COST * parts,
        (from, end) -> {
          Blocks blocks = Blocks.own();
          for (int at = (int) from; at < end; at += Blocks.LENGTH) {
            int n = (int) Math.min(Blocks.LENGTH, end - at);
            float[] sum = blocks.load(0, memory, cells.base + at, n);
            for (int part = 1; part < parts; part++) {
              add(sum, blocks.load(1, memory, cells.base + part * stride + at, n), n);
            }
            memory.put(cells.base + at, sum, 0, n);
          }
        });
  }

  private static void add(float[] sum, float[] terms, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += terms[i];
    }
  }

  /** Copies a stretch to a gapless view, in the order of its memory; bfloat16 is rounded to. */
  static void copy(View from, int start, View to) {
    Cells source = Cells.of(from);
    Cells target = Cells.of(to);
    int n = Math.toIntExact(to.layout().size());
    for (int i = 0; i < n; i++) {
      target.set(target.base + i, source.floats().get(source.base + start + i));
    }
  }
}
