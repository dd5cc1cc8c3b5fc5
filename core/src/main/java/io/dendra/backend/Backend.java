package io.dendra.backend;

import io.dendra.tensor.Device;

/**
 * The kernels of one device: all that a backend has to provide.
 *
 * <p>Operands have been checked, promoted and broadcast before they come here: elementwise operands
 * share the shape of {@code out} and, unless a method says otherwise, its type. Inputs have any
 * strides (0 along a broadcast dimension, never negative) and any offset; outputs are dense in some
 * order of dimensions, hold nothing of use yet, and never overlap an input unless a method says so.
 * Any dimension can be 0 long. All methods may be called by several threads at once.
 *
 * <p>Wherever floats are taken, float16 and bfloat16 are too: computed with in float32 (or wider),
 * the result rounded once, to the nearest even; scalar operands are float32. {@link #matmul},
 * convolutions, reductions, pooling and {@link #scatterAdd} add up in float32 or wider whatever the
 * type of their operands, and round the sum.
 *
 * <p>Methods throw {@link BackendException} when native code fails.
 */
public interface Backend extends AutoCloseable {
  /** The device this backend computes on. */
  Device device();

  // ---- memory

  /**
   * New memory of at least one byte, its content undefined.
   *
   * @return the buffer, or null when there is not enough memory
   */
  Buffer allocate(long bytes);

  /** Gives memory back, at once or when the work under way that uses it is done. */
  void free(Buffer buffer);

  /**
   * Sets every element; integers take the value rounded towards zero, booleans {@code value != 0}.
   */
  void fill(View out, double value);

  /**
   * Copies from the host into a contiguous view.
   *
   * @param array a {@code float[]}, {@code double[]}, {@code int[]}, {@code long[]}, {@code byte[]}
   *     (0 or 1, for booleans) or {@code short[]} (the bits of 16-bit floats), as {@code
   *     out.dtype()} asks
   * @param start the first element to copy
   */
  void fromHost(Object array, int start, View out);

  /**
   * Copies a contiguous view to the host, waiting until it is there; the inverse of fromHost.
   *
   * @throws LateIndexException when an op before this met an index out of range and could not
   *     report it then
   */
  void toHost(View in, Object array, int start);

  /** Copies between any two layouts of one shape and type; {@code out} may have gaps here. */
  void copy(View in, View out);

  /**
   * Copies from another device between views that are dense in one memory order, in the order of
   * both devices' work: what either was given before is done first, and what the source is given
   * next does not overtake it.
   *
   * <p>A backend tells by the buffer whether it can read the memory of {@code in} itself; what is
   * here goes through the host and serves any two backends.
   */
  default void copyFrom(Backend source, View in, View out) {
    HostTransfer.copy(source, in, this, out);
  }

  /**
   * Waits until all work handed over so far is done.
   *
   * @throws LateIndexException as {@link #toHost} does
   */
  void synchronize();

  // ---- elementwise

  /** {@code out = op(x)}. */
  void unary(UnaryOp op, View x, View out);

  /** {@code out = op(a, b)}. */
  void binary(BinaryOp op, View a, View b, View out);

  /** {@code out = op(a, scalar)}, or {@code op(scalar, a)} when {@code scalarFirst}. */
  void binaryScalar(BinaryOp op, View a, double scalar, boolean scalarFirst, View out);

  /** {@code out = op(a, b)} as booleans; a and b share a type. */
  void compare(CompareOp op, View a, View b, View out);

  /** {@code out = condition ? a : b}; the condition is boolean. */
  void where(View condition, View a, View b, View out);

  /**
   * Converts between any two types: floats to integers truncate towards zero (NaN to 0, out of
   * range to the nearest bound), to 16-bit floats round to the nearest even, to booleans {@code x
   * != 0}.
   */
  void cast(View in, View out);

  // ---- reduction

  /** Reduces the given axes, which {@code out} keeps with length 1. */
  void reduce(ReduceOp op, View in, int[] axes, View out);

  /** Places along an axis as int64; {@code out} keeps the axis with length 1. */
  void argReduce(ArgReduceOp op, View in, int axis, View out);

  /** Running sums along an axis. {@code exclusive} leaves out the element itself. */
  void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out);

  /**
   * The {@code values.shape().dim(axis)} greatest (or least) along an axis in falling (or rising)
   * order, and their places as int64; equals in the order of their places, NaN greater than all.
   */
  void topK(View in, int axis, boolean largest, View values, View indices);

  // ---- linear algebra

  /**
   * {@code out[..., i, j] = Σ a[..., i, k] b[..., k, j]}: operands of one rank of at least 2 whose
   * batch dimensions are those of {@code out}. Transposition and broadcast come as strides. Sums
   * are kept in float32 or wider, also those of 16-bit products.
   */
  void matmul(View a, View b, View out);

  // ---- indexing; indices are int64; one out of range is reported in these words on every backend:
  // "index 7 is outside an axis of length 3", by the op itself or, where the device works ahead, by
  // the next toHost or synchronize

  /**
   * {@code out[p…, i…, s…] = in[p…, indices[i…], s…]}, where p… lie before the axis and s… behind
   * it.
   *
   * @throws IndexOutOfBoundsException when an index is negative or not below the length of the axis
   */
  void gather(View in, View indices, int axis, View out);

  /**
   * {@code out = 0; out[p…, indices[i…], s…] += updates[p…, i…, s…]}, in the order of the indices.
   *
   * @throws IndexOutOfBoundsException when an index is out of range
   */
  void scatterAdd(View indices, View updates, int axis, View out);

  /**
   * {@code out[…, i, …] = in[…, indices[…, i, …], …]} along an axis; indices have the shape of out.
   *
   * @throws IndexOutOfBoundsException when an index is out of range
   */
  void takeAlong(View in, View indices, int axis, View out);

  /**
   * {@code out = 0; out[…, indices[…, i, …], …] += updates[…, i, …]}; indices have the shape of
   * updates.
   *
   * @throws IndexOutOfBoundsException when an index is out of range
   */
  void putAlongAdd(View indices, View updates, int axis, View out);

  /**
   * Checks class numbers, int64 and contiguous, that kernels will trust. A backend that works in
   * the background may tell later, when it is next waited for. The words are the same on every
   * backend: "label 7 is out of range: the model has 3 classes, so labels go from 0 to 2".
   *
   * @throws IndexOutOfBoundsException when one is negative or not below {@code classes}
   */
  default void checkLabels(View labels, long classes) {
    HostTransfer.checkLabels(this, labels, classes);
  }

  // ---- convolution; shapes as ConvSpec says

  /** The convolution of x with w. */
  void conv(ConvSpec spec, View x, View w, View out);

  /** The gradient of {@link #conv} by its input; also transposed convolution. */
  void convInputGrad(ConvSpec spec, View gradOut, View w, View out);

  /** The gradient of {@link #conv} by its filter. */
  void convFilterGrad(ConvSpec spec, View x, View gradOut, View out);

  // ---- pooling; shapes as PoolSpec says

  /**
   * The greatest of each window and its place, int64, as the row-major index in the spatial
   * dimensions of x; the first of equals.
   */
  void maxPool(PoolSpec spec, View x, View out, View argmax);

  /** The mean of the elements of each window that lie inside x. */
  void avgPool(PoolSpec spec, View x, View out);

  /** The gradient of {@link #avgPool} by its input. */
  void avgPoolGrad(PoolSpec spec, View gradOut, View out);

  // ---- random numbers

  /**
   * Numbers of the Philox4x32-10 stream of a key; {@code out} is contiguous: int32 for {@link
   * RandomOp#BITS}, float32 or float64 for {@link RandomOp#UNIFORM}. Block {@code n} of the stream
   * encrypts the counter words {@code (n lo, n hi, counter lo, counter hi)} with the key words
   * {@code (key lo, key hi)}.
   */
  void random(RandomOp op, long key, long counter, View out);

  // ---- fused

  /**
   * The kernel for a fused op on operands of these types and layouts, or null where its
   * decomposition is to run. Asked at every call: has to be quick. While work is recorded the
   * operands have no memory yet, and the kernel may be kept and run on others like them.
   */
  default FusedKernel fused(FusedOp op, View[] inputs) {
    return null;
  }

  // ---- capture

  /**
   * Has the device record what the body asks of it, instead of doing it. The body, which allocates
   * nothing, has run before, so that all it needs is there.
   *
   * @param variables the numbers to be read anew at each replay
   * @return the recorded work, or null where the backend cannot record; the body has not run then
   * @throws CaptureException when the body does what cannot be recorded, such as reading values;
   *     nothing has been done on the device then
   */
  default CapturedWork capture(ReplayVariables variables, Runnable body) {
    return null;
  }

  /** Releases the device's own resources; buffers are freed before. */
  @Override
  void close();
}
