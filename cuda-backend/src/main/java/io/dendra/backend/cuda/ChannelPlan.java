package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;

/**
 * How the threads of {@code batch_norm.cu} share an operand with channels along axis 1, in whatever
 * order its gapless memory is: as outer times channels times inner.
 *
 * @param outer what lies around the channels
 * @param channels the number of channels
 * @param inner what lies within a channel; 1 where channels are neighbours
 * @param vector neighbours that a thread reads at once
 * @param width threads side by side
 * @param tiles groups of channels that blocks have for themselves
 */
record ChannelPlan(long outer, long channels, long inner, int vector, int width, int tiles) {
  private static final int VECTOR_BYTES = 16;
  private static final int TILE = 64;
  private static final int MOST_PARTS = 256;
  private static final int TYPES = DType.values().length;

  /** The number of variants for the types of operands and of parameters. */
  static final int VARIANTS = TYPES * TYPES * 4;

  static ChannelPlan of(View... operands) {
    Layout layout = operands[0].layout();
    long channels = layout.shape().dim(1);
    long inner = channels == 1 ? layout.size() : layout.stride(1);
    long outer = layout.size() / (channels * inner);
    int vector = VECTOR_BYTES / operands[0].dtype().byteSize();
    boolean fits = (inner == 1 ? channels : inner) % vector == 0;
    for (View operand : operands) {
      fits = fits && CudaBuffer.address(operand) % VECTOR_BYTES == 0;
    }
    vector = fits ? vector : 1;
    if (inner == 1) {
      int columns = Math.toIntExact(channels / vector);
      int tiles = (columns + TILE - 1) / TILE;
      return new ChannelPlan(outer, channels, 1, vector, (columns + tiles - 1) / tiles, tiles);
    }
    long neighbours = inner / vector;
    int width = 1;
    while (width < neighbours && width < Launch.BLOCK) {
      width *= 2;
    }
    return new ChannelPlan(outer, channels, inner, vector, width, Math.toIntExact(channels));
  }

  private boolean isLast() {
    return inner == 1;
  }

  int variant(DType dtype, DType parameter) {
    int variant = dtype.ordinal() * TYPES + parameter.ordinal();
    return variant * 4 + (isLast() ? 2 : 0) + (vector > 1 ? 1 : 0);
  }

  KernelSource source(DType dtype, DType parameter) {
    return KernelSource.of(
        "batch_norm",
        "T=" + KernelSource.type(dtype),
        "PARAMETER=" + KernelSource.type(parameter),
        "VEC=" + vector,
        "LAST=" + (isLast() ? 1 : 0));
  }

  /**
   * Enough blocks for a device, as long as each thread has some work.
   *
   * @param blocks that keep the device busy
   * @param visits the least that a thread should have to do
   */
  Grid grid(int blocks, int visits) {
    long depth = Launch.BLOCK / width;
    long rounds = (outer + depth - 1) / depth;
    long each = isLast() ? 1 : Math.max(1, inner / ((long) vector * width));
    long wanted = Math.min((blocks + tiles - 1) / tiles, rounds * each / visits);
    return new Grid(tiles, (int) Math.max(1, Math.min(Math.min(wanted, rounds), MOST_PARTS)), 1);
  }

  /** The columns of a tile for which partial results are kept, each of so many channels. */
  int columns() {
    return isLast() ? width : 1;
  }

  /** Channels of a thread. */
  int lanes() {
    return isLast() ? vector : 1;
  }

  /** The structure {@code Shape}. */
  long[] words() {
    return new long[] {outer, channels, inner, width};
  }
}
