package io.dendra.backend.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Maximum pooling of one image with its channels last, one row of the output at a time: the
 * elements of all windows at one place of the window are brought side by side into an array, over
 * which the JIT compiler uses vector instructions. Belongs to one thread.
 *
 * <p>The backward pass finds the places itself. It compares bits as integers, for which there are
 * vector instructions where there are none for a choice between floats: {@code (d | -d) >> 31} is 0
 * for equals and all ones for others.
 */
final class MaxPoolRows implements AutoCloseable {
  private static final int INFINITE = 0x7f800000;
  private static final int MAGNITUDE = 0x7fffffff;

  private final PoolGrid grid;
  private final int channels;
  private final int inRow;
  private final int outRow;
  private final boolean tiled;
  private final Scratch scratch;
  private final Cells alias;

  /** Floats of rows of the input, and of the output. */
  private final float[] above;

  private final float[] row;
  private final float[] greatest;
  private final float[] beside;

  private final int[] inBits;
  private final int[] outBits;
  private final int[] values;
  private final int[] gradients;
  private final int[] open;
  private final int[] found;

  /**
   * @param backward whether gradients are wanted, or values
   */
  MaxPoolRows(PoolGrid grid, int channels, boolean backward) {
    this.grid = grid;
    this.channels = channels;
    inRow = grid.in[2] * channels;
    outRow = grid.out[2] * channels;
    tiled = grid.isDisjoint();
    int in = backward ? 0 : inRow;
    int out = backward ? 0 : outRow;
    above = HeapArrays.floats(in);
    row = HeapArrays.floats(backward && !tiled ? inRow : in);
    greatest = HeapArrays.floats(out);
    beside = HeapArrays.floats(backward && !tiled ? outRow : out);
    in = backward ? inRow : 0;
    out = backward ? outRow : 0;
    inBits = HeapArrays.ints(in);
    outBits = HeapArrays.ints(in);
    values = HeapArrays.ints(out);
    gradients = HeapArrays.ints(out);
    open = HeapArrays.ints(out);
    found = HeapArrays.ints(out);
    scratch = backward && !tiled ? new Scratch(io.dendra.tensor.DType.FLOAT32, outRow) : null;
    alias = scratch == null ? null : Cells.of(scratch.view(outRow));
  }

  @Override
  public void close() {
    if (scratch != null) {
      scratch.close();
    }
    for (float[] array : new float[][] {above, row, greatest, beside}) {
      HeapArrays.giveBack(array);
    }
    for (int[] array : new int[][] {inBits, outBits, values, gradients, open, found}) {
      HeapArrays.giveBack(array);
    }
  }

  private int inPlace(int d, int h) {
    return d * grid.inStep[0] + h * grid.inStep[1];
  }

  /** The first window that has an element at a place of the window. */
  private int low(int k) {
    int reach = grid.pad[2] - k;
    return reach <= 0 ? 0 : (reach + grid.stride[2] - 1) / grid.stride[2];
  }

  /** The window after the last that has an element at a place of the window. */
  private int high(int k) {
    int last = grid.in[2] - 1 + grid.pad[2] - k;
    return last < 0 ? 0 : Math.min(grid.out[2], last / grid.stride[2] + 1);
  }

  void forward(FloatBuffer x, int in, FloatBuffer y, int out) {
    for (int d = 0; d < grid.out[0]; d++) {
      for (int h = 0; h < grid.out[1]; h++) {
        down(x, in, d, h);
        across();
        y.put(grid.place(out, d, h, 0), greatest, 0, outRow);
      }
    }
  }

  /** The greatest of each column of the rows that a row of windows covers. */
  private void down(FloatBuffer x, int in, int d, int h) {
    boolean first = true;
    for (int i = grid.first(0, d); i < grid.end(0, d); i++) {
      for (int j = grid.first(1, h); j < grid.end(1, h); j++) {
        x.get(in + inPlace(i, j), first ? above : row, 0, inRow);
        if (!first) {
          raise(above, row, 0, inRow);
        }
        first = false;
      }
    }
  }

  /** The greatest of the columns of each window. */
  private void across() {
    if (grid.pad[2] > 0) {
      Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
    }
    for (int k = 0; k < grid.window[2]; k++) {
      int low = low(k);
      int high = high(k);
      if (k == 0 && grid.pad[2] == 0) {
        gather(above, 0, 0, high, greatest);
      } else if (low < high) {
        gather(above, k, low, high, beside);
        raise(greatest, beside, low * channels, high * channels);
      }
    }
  }

  private static void raise(float[] to, float[] by, int from, int end) {
    for (int i = from; i < end; i++) {
      to[i] = Math.max(to[i], by[i]);
    }
  }

  /** The elements at place k of the windows from low on, from or to an array (of any type). */
  private void gather(Object from, int k, int low, int high, Object to) {
    int first = low * grid.stride[2] - grid.pad[2] + k;
    if (grid.stride[2] == 1) {
      System.arraycopy(from, first * channels, to, low * channels, (high - low) * channels);
      return;
    }
    int step = grid.stride[2] * channels;
    for (int w = low, at = first * channels; w < high; w++, at += step) {
      System.arraycopy(from, at, to, w * channels, channels);
    }
  }

  private void scatter(int[] from, int k, int low, int high, int[] to) {
    int step = grid.stride[2] * channels;
    int at = (low * grid.stride[2] - grid.pad[2] + k) * channels;
    for (int w = low; w < high; w++, at += step) {
      System.arraycopy(from, w * channels, to, at, channels);
    }
  }

  /**
   * Writes the gradient of an image.
   *
   * @param shift from a place in the image to that of its gradient
   * @return whether that was all; else an output was not a number, whose place has another rule
   */
  boolean backward(
      Cells x, int in, Cells y, Cells g, int out, int gradientShift, Cells dx, int shift) {
    IntBuffer images = x.memory.ints;
    IntBuffer result = dx.memory.ints;
    if (!tiled || !grid.isCovering()) {
      for (int d = 0; d < grid.in[0]; d++) {
        for (int h = 0; h < grid.in[1]; h++) {
          Arrays.fill(outBits, 0);
          result.put(in + shift + inPlace(d, h), outBits, 0, inRow);
        }
      }
    }
    for (int d = 0; d < grid.out[0]; d++) {
      for (int h = 0; h < grid.out[1]; h++) {
        int at = grid.place(out, d, h, 0);
        y.memory.ints.get(at, values, 0, outRow);
        g.memory.ints.get(at + gradientShift, gradients, 0, outRow);
        if (hasNan(values, outRow)) {
          return false;
        }
        Arrays.fill(open, -1);
        for (int i = grid.first(0, d); i < grid.end(0, d); i++) {
          for (int j = grid.first(1, h); j < grid.end(1, h); j++) {
            int place = in + inPlace(i, j);
            images.get(place, inBits, 0, inRow);
            if (tiled) {
              spread();
              result.put(place + shift, outBits, 0, inRow);
            } else {
              add(dx.memory.floats, place + shift);
            }
          }
        }
      }
    }
    return true;
  }

  private static boolean hasNan(int[] bits, int n) {
    int any = 0;
    for (int i = 0; i < n; i++) {
      any |= INFINITE - (bits[i] & MAGNITUDE);
    }
    return any < 0;
  }

  /** The gradient of a row under windows that do not overlap. */
  private void spread() {
    if (!grid.isCovering()) {
      Arrays.fill(outBits, 0);
    }
    for (int k = 0; k < grid.window[2]; k++) {
      int low = low(k);
      int high = high(k);
      if (low < high) {
        gather(inBits, k, low, high, found);
        take(found, values, open, gradients, low * channels, high * channels);
        scatter(found, k, low, high, outBits);
      }
    }
  }

  /** Adds to the gradient of a row under windows that overlap. */
  private void add(FloatBuffer result, int at) {
    result.get(at, row, 0, inRow);
    for (int k = 0; k < grid.window[2]; k++) {
      int low = low(k);
      int high = high(k);
      if (low < high) {
        gather(inBits, k, low, high, found);
        take(found, values, open, gradients, low * channels, high * channels);
        // Through memory: there are no vector instructions that see bits as floats.
        alias.memory.ints.put(alias.base, found, 0, outRow);
        alias.floats().get(alias.base, beside, 0, outRow);
        int step = grid.stride[2] * channels;
        int to = (low * grid.stride[2] - grid.pad[2] + k) * channels;
        for (int w = low; w < high; w++, to += step) {
          for (int c = 0; c < channels; c++) {
            row[to + c] += beside[w * channels + c];
          }
        }
      }
    }
    result.put(at, row, 0, inRow);
  }

  /**
   * Replaces elements by the gradient where they are the first that equals the window's value, and
   * by zero elsewhere; the two zeros are equal.
   */
  private static void take(int[] x, int[] value, int[] open, int[] gradient, int from, int end) {
    for (int i = from; i < end; i++) {
      int differs = x[i] ^ value[i];
      int nonZero = (x[i] | value[i]) << 1;
      int other = ((differs | -differs) & (nonZero | -nonZero)) >> 31;
      x[i] = gradient[i] & open[i] & ~other;
      open[i] &= other;
    }
  }
}
