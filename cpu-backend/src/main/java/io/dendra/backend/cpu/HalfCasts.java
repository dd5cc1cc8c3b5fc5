package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.HalfPrecision;

/**
 * Conversions between float32 and the 16-bit floats. Rows without gaps go through Java arrays,
 * block by block: of those the JIT compiler makes far better loops.
 */
final class HalfCasts {
  private static final int BLOCK = 2048;
  private static final int COST = 2;

  private final CpuPool pool;

  /** Every float16 as float32. */
  private final float[] float16s = new float[1 << 16];

  HalfCasts(CpuPool pool) {
    this.pool = pool;
    for (int bits = 0; bits < float16s.length; bits++) {
      float16s[bits] = HalfPrecision.float16ToFloat((short) bits);
    }
  }

  /** Whether one type is float32 and the other a 16-bit float. */
  static boolean takes(DType from, DType to) {
    return (from == DType.FLOAT32 && to.isHalf()) || (from.isHalf() && to == DType.FLOAT32);
  }

  void cast(View in, View out) {
    Cells from = Cells.of(in);
    Cells to = Cells.of(out);
    boolean widens = in.dtype().isHalf();
    Loop.Row row =
        (n, at, step) -> {
          if (step[0] != 1 || step[1] != 1) {
            strided(from, at[0], step[0], to, at[1], step[1], n);
          } else if (widens) {
            widen(from, at[0], to, at[1], n);
          } else {
            round(from, at[0], to, at[1], n);
          }
        };
    Loop.of(in, out).run(pool, COST, row, from.base, to.base);
  }

  private static void strided(Cells from, int p, int s, Cells to, int q, int t, int n) {
    for (int i = 0; i < n; i++) {
      to.set(q + i * t, from.get(p + i * s));
    }
  }

  private void widen(Cells from, int p, Cells to, int q, int n) {
    short[] halves = new short[Math.min(n, BLOCK)];
    boolean brain = from.dtype == DType.BFLOAT16;
    int[] bits = new int[brain ? halves.length : 0];
    float[] values = new float[brain ? 0 : halves.length];
    for (int at = 0; at < n; at += BLOCK) {
      int m = Math.min(BLOCK, n - at);
      from.memory.shorts.get(p + at, halves, 0, m);
      if (brain) {
        for (int i = 0; i < m; i++) {
          bits[i] = halves[i] << 16;
        }
        to.memory.ints.put(q + at, bits, 0, m);
      } else {
        for (int i = 0; i < m; i++) {
          values[i] = float16s[halves[i] & 0xFFFF];
        }
        to.memory.floats.put(q + at, values, 0, m);
      }
    }
  }

  private static void round(Cells from, int p, Cells to, int q, int n) {
    short[] halves = new short[Math.min(n, BLOCK)];
    boolean brain = to.dtype == DType.BFLOAT16;
    int[] bits = new int[brain ? halves.length : 0];
    float[] values = new float[brain ? 0 : halves.length];
    for (int at = 0; at < n; at += BLOCK) {
      int m = Math.min(BLOCK, n - at);
      if (brain) {
        from.memory.ints.get(p + at, bits, 0, m);
        toBfloat16(bits, halves, m);
      } else {
        from.memory.floats.get(p + at, values, 0, m);
        for (int i = 0; i < m; i++) {
          halves[i] = HalfPrecision.floatToFloat16(values[i]);
        }
      }
      to.memory.shorts.put(q + at, halves, 0, m);
    }
  }

  /** To the nearest even, as {@link HalfPrecision#floatToBfloat16} for all that is not NaN. */
  private static void toBfloat16(int[] bits, short[] halves, int n) {
    int belowZeroForNaN = 0;
    for (int i = 0; i < n; i++) {
      belowZeroForNaN |= 0x7F800000 - (bits[i] & 0x7FFFFFFF);
    }
    if (belowZeroForNaN < 0) {
      for (int i = 0; i < n; i++) {
        halves[i] = HalfPrecision.floatToBfloat16(Float.intBitsToFloat(bits[i]));
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      bits[i] = (bits[i] + 0x7FFF + ((bits[i] >>> 16) & 1)) >>> 16;
    }
    for (int i = 0; i < n; i++) {
      halves[i] = (short) bits[i];
    }
  }
}
