package io.dendra.backend.cpu;

import io.dendra.backend.View;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** Moving elements about unchanged, by their size alone. */
final class Copies {
  private final CpuPool pool;

  Copies(CpuPool pool) {
    this.pool = pool;
  }

  void copy(View in, View out) {
    Cells from = Cells.of(in);
    Cells to = Cells.of(out);
    Loop.of(in, out).run(pool, 1, row(in.dtype().byteSize(), from, to), from.base, to.base);
  }

  /** Copies a row between two views of elements of a size. */
  static Loop.Row row(int size, Cells from, Cells to) {
    return (n, at, step) -> {
      if (step[0] == 1 && step[1] == 1) {
        to.memory.bytes.put(
            Math.multiplyExact(at[1], size), from.memory.bytes, at[0] * size, n * size);
      } else {
        strided(size, from.memory, at[0], step[0], to.memory, at[1], step[1], n);
      }
    };
  }

  private static void strided(
      int size, TypedBuffers from, int p, int s, TypedBuffers to, int q, int t, int n) {
    switch (size) {
      case 4 -> {
        IntBuffer x = from.ints;
        IntBuffer y = to.ints;
        for (int i = 0; i < n; i++) {
          y.put(q + i * t, x.get(p + i * s));
        }
      }
      case 8 -> {
        LongBuffer x = from.longs;
        LongBuffer y = to.longs;
        for (int i = 0; i < n; i++) {
          y.put(q + i * t, x.get(p + i * s));
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          one(size, from, p + i * s, to, q + i * t);
        }
      }
    }
  }

  static void one(int size, TypedBuffers from, int p, TypedBuffers to, int q) {
    switch (size) {
      case 1 -> to.bytes.put(q, from.bytes.get(p));
      case 2 -> to.shorts.put(q, from.shorts.get(p));
      case 4 -> to.ints.put(q, from.ints.get(p));
      case 8 -> to.longs.put(q, from.longs.get(p));
      default -> throw new IllegalArgumentException("no element has " + size + " bytes");
    }
  }

  void fill(View out, double value) {
    Cells to = Cells.of(out);
    int size = out.dtype().byteSize();
    if (out.layout().size() == 0) {
      return;
    }
    to.set(to.base, value);
    if (out.layout().isDense()) {
      doubling(to.memory.bytes, to.base * size, size, out.layout().size() * size);
      return;
    }
    Loop.Row row =
        (n, at, step) -> {
          for (int i = 0; i < n; i++) {
            to.set(at[0] + i * step[0], value);
          }
        };
    Loop.of(out).run(pool, 1, row, to.base);
  }

  /** Repeats the first element over a range by copying what is there already. */
  private static void doubling(ByteBuffer memory, int start, int done, long total) {
    int block = done;
    while (block < total) {
      int length = (int) Math.min(Math.min(block, 1 << 16), total - block);
      memory.put(start + block, memory, start, length);
      block += length;
    }
  }

  void fromHost(Object array, int start, View out) {
    int n = Math.toIntExact(out.layout().size());
    if (n == 0) {
      return;
    }
    Cells cells = Cells.of(out);
    TypedBuffers to = cells.memory;
    switch (out.dtype()) {
      case FLOAT32 -> to.floats.put(cells.base, (float[]) array, start, n);
      case FLOAT64 -> to.doubles.put(cells.base, (double[]) array, start, n);
      case INT32 -> to.ints.put(cells.base, (int[]) array, start, n);
      case INT64 -> to.longs.put(cells.base, (long[]) array, start, n);
      case BOOL -> to.bytes.put(cells.base, (byte[]) array, start, n);
      case FLOAT16, BFLOAT16 -> to.shorts.put(cells.base, (short[]) array, start, n);
    }
  }

  void toHost(View in, Object array, int start) {
    int n = Math.toIntExact(in.layout().size());
    if (n == 0) {
      return;
    }
    Cells cells = Cells.of(in);
    TypedBuffers from = cells.memory;
    switch (in.dtype()) {
      case FLOAT32 -> from.floats.get(cells.base, (float[]) array, start, n);
      case FLOAT64 -> from.doubles.get(cells.base, (double[]) array, start, n);
      case INT32 -> from.ints.get(cells.base, (int[]) array, start, n);
      case INT64 -> from.longs.get(cells.base, (long[]) array, start, n);
      case BOOL -> from.bytes.get(cells.base, (byte[]) array, start, n);
      case FLOAT16, BFLOAT16 -> from.shorts.get(cells.base, (short[]) array, start, n);
    }
  }
}
