package io.dendra.backend.cpu;

import io.dendra.backend.UnaryOp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;

/**
 * Arrays of one thread through which float32 loops pass their operands in blocks: over arrays the
 * JIT compiler uses vector instructions, which it does not over buffers, and a block stays in the
 * nearest cache.
 */
final class Blocks {
  static final int LENGTH = 2048;

  private static final int SHORT = 128;
  private static final int COUNT = 8;
  private static final ThreadLocal<Blocks> OWN = ThreadLocal.withInitial(Blocks::new);

  float[][] rows = new float[COUNT][LENGTH];

  /** What {@link FloatFunctions} needs for itself. */
  final float[] exponents = new float[LENGTH];

  final float[] powers = new float[LENGTH];
  final int[] ints = new int[LENGTH];
  final int[] moreInts = new int[LENGTH];

  /** Numbers in a row of memory that is seen as floats and as their bits. */
  private final FloatBuffer asFloats;

  private final IntBuffer asBits;
  private final long address;

  private Blocks() {
    ByteBuffer memory = ByteBuffer.allocateDirect(4 * LENGTH).order(ByteOrder.nativeOrder());
    asFloats = memory.asFloatBuffer();
    asBits = memory.asIntBuffer();
    address = new Pointer(memory).address();
  }

  static Blocks own() {
    return OWN.get();
  }

  /** With at least that many rows. */
  static Blocks own(int count) {
    Blocks blocks = OWN.get();
    int before = blocks.rows.length;
    if (before < count) {
      blocks.rows = Arrays.copyOf(blocks.rows, count);
      for (int i = before; i < count; i++) {
        blocks.rows[i] = new float[LENGTH];
      }
    }
    return blocks;
  }

  /** Fills one array from memory. */
  float[] load(int row, FloatBuffer from, int at, int n) {
    from.get(at, rows[row], 0, n);
    return rows[row];
  }

  /**
   * {@code 2^(k + exponent)} from {@code k + 1.5 · 2²³}, whose last bits are those of the integer
   * k: the sum has to be from -127, which gives 0, to 127.
   */
  void powersOfTwo(float[] k, int exponent, float[] to, int n) {
    asFloats.put(0, k, 0, n);
    int bias = (127 + exponent) << 23;
    if (n <= SHORT) {
      shift(asBits.slice(0, SHORT), bias, SHORT);
    } else {
      shift(asBits.slice(0, LENGTH), bias, LENGTH);
    }
    asFloats.get(0, to, 0, n);
  }

  /**
   * Over a buffer the compiler makes vectors of a loop only when it knows the length and the buffer
   * is both read and written: that is why more than needed is done.
   */
  private static void shift(IntBuffer bits, int bias, int n) {
    for (int i = 0; i < n; i++) {
      bits.put(i, (bits.get(i) << 23) + bias);
    }
  }

  /** A function of an engine, on the block in memory. */
  void apply(RangeFunctions ranges, UnaryOp op, float[] x, float[] y, int n) {
    asFloats.put(0, x, 0, n);
    try (RangeFunctions.Call call = ranges.unary(op, n)) {
      call.run(address, address);
    }
    asFloats.get(0, y, 0, n);
  }

  /** The bits of floats. */
  void bits(float[] x, int[] to, int n) {
    asFloats.put(0, x, 0, n);
    asBits.get(0, to, 0, n);
  }

  /** The floats that have these bits. */
  void floats(int[] bits, float[] to, int n) {
    asBits.put(0, bits, 0, n);
    asFloats.get(0, to, 0, n);
  }
}
