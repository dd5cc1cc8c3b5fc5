package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.HalfPrecision;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/** Conversions between float32 and the 16-bit floats. */
final class HalfCasts {
  private static final int COST = 2;

  private final CpuPool pool;

  HalfCasts(CpuPool pool) {
    this.pool = pool;
  }

  /** Whether one type is float32 and the other a 16-bit float. */
  static boolean takes(DType from, DType to) {
    return (from == DType.FLOAT32 && to.isHalf()) || (from.isHalf() && to == DType.FLOAT32);
  }

  void cast(View in, View out) {
    Cells from = Cells.of(in);
    Cells to = Cells.of(out);
    Loop.of(in, out).run(pool, COST, row(from, to), from.base, to.base);
  }

  private static Loop.Row row(Cells from, Cells to) {
    if (from.dtype == DType.BFLOAT16) {
      return (n, at, step) ->
          widenBfloat16(from.memory.shorts, at[0], step[0], to.memory.ints, at[1], step[1], n);
    }
    if (from.dtype == DType.FLOAT16) {
      return (n, at, step) ->
          widenFloat16(from.memory.shorts, at[0], step[0], to.memory.floats, at[1], step[1], n);
    }
    if (to.dtype == DType.BFLOAT16) {
      return (n, at, step) ->
          roundBfloat16(from.memory.floats, at[0], step[0], to.memory.shorts, at[1], step[1], n);
    }
    return (n, at, step) ->
        roundFloat16(from.memory.floats, at[0], step[0], to.memory.shorts, at[1], step[1], n);
  }

  private static void widenBfloat16(ShortBuffer x, int p, int s, IntBuffer y, int q, int t, int n) {
    for (int i = 0; i < n; i++) {
      y.put(q + i * t, x.get(p + i * s) << 16);
    }
  }

  private static void widenFloat16(
      ShortBuffer x, int p, int s, FloatBuffer y, int q, int t, int n) {
    for (int i = 0; i < n; i++) {
      y.put(q + i * t, HalfPrecision.float16ToFloat(x.get(p + i * s)));
    }
  }

  private static void roundBfloat16(
      FloatBuffer x, int p, int s, ShortBuffer y, int q, int t, int n) {
    for (int i = 0; i < n; i++) {
      y.put(q + i * t, HalfPrecision.floatToBfloat16(x.get(p + i * s)));
    }
  }

  private static void roundFloat16(
      FloatBuffer x, int p, int s, ShortBuffer y, int q, int t, int n) {
    for (int i = 0; i < n; i++) {
      y.put(q + i * t, HalfPrecision.floatToFloat16(x.get(p + i * s)));
    }
  }
}
