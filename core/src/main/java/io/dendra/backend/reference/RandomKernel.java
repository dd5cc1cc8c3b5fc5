package io.dendra.backend.reference;

import io.dendra.backend.RandomOp;
import io.dendra.backend.View;
import io.dendra.random.Philox;
import io.dendra.tensor.DType;

/** Draws from the Philox stream of a key. */
final class RandomKernel {
  private RandomKernel() {}

  static void run(RandomOp op, long key, long counter, View out) {
    Elements to = Elements.of(out);
    int at = (int) out.layout().offset();
    int size = Math.toIntExact(out.layout().size());
    int wordsEach = out.dtype() == DType.FLOAT64 ? 2 : 1;
    int perBlock = Philox.BLOCK / wordsEach;
    int[] words = new int[Philox.BLOCK];
    for (int i = 0; i < size; i += perBlock) {
      Philox.block(key, counter, i / perBlock, words, 0);
      for (int j = 0; j < Math.min(perBlock, size - i); j++) {
        switch (op) {
          case BITS -> to.setWhole(at + i + j, words[j]);
          case UNIFORM -> to.setReal(at + i + j, uniform(words, j, wordsEach));
        }
      }
    }
  }

  private static double uniform(int[] words, int draw, int wordsEach) {
    return wordsEach == 1
        ? Philox.uniform(words[draw])
        : Philox.uniform(words[2 * draw], words[2 * draw + 1]);
  }
}
