package io.dendra.backend.cpu;

import io.dendra.backend.RandomOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;

/**
 * The counter-based generator Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1,
 * 2, 3", 2011).
 */
final class Philox {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;
  private static final int COST = 12;

  private final CpuPool pool;

  Philox(CpuPool pool) {
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
          int[] words = new int[4];
          for (long block = from; block < end; block++) {
            block(key, counter, block, words);
            int at = (int) (to.base + block * perBlock);
            int n = (int) Math.min(perBlock, size - block * perBlock);
            for (int i = 0; i < n; i++) {
              switch (op) {
                case BITS -> to.memory.ints.put(at + i, words[i]);
                case UNIFORM -> {
                  if (wide) {
                    to.memory.doubles.put(at + i, uniform(words[2 * i], words[2 * i + 1]));
                  } else {
                    to.memory.floats.put(at + i, uniform(words[i]));
                  }
                }
              }
            }
          }
        });
  }

  static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  static double uniform(int high, int low) {
    return ((((long) high << 32) | (low & LOW)) >>> 11) * 0x1p-53;
  }

  /** The four words of one block of a stream. */
  static void block(long key, long counter, long block, int[] words) {
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = (int) counter;
    int c3 = (int) (counter >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < 10; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW);
      long product1 = MULTIPLIER_1 * (c2 & LOW);
      int next0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      int next2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c1 = (int) product1;
      c3 = (int) product0;
      c0 = next0;
      c2 = next2;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }
}
