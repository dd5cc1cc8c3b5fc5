package io.dendra.backend.cuda.driver;

import io.dendra.tensor.DType;
import java.util.List;

/** Convolutions and recurrent layers: cuDNN. */
public interface Dnn {
  /** The library's state for one stream of one device; used by one thread at a time. */
  interface Handle {}

  /** A handle for a stream of the calling thread's device. */
  Handle create(Driver.Stream stream);

  /** Gives a handle back. */
  void destroy(Handle handle);

  /** The version: 8907 for 8.9.7, 90100 for 9.1.0. */
  long version();

  // ---- convolution

  /** What is computed of a convolution {@code y = x * w}. */
  enum Direction {
    /** y. */
    FORWARD,
    /** The gradient of x. */
    INPUT_GRADIENT,
    /** The gradient of w. */
    FILTER_GRADIENT
  }

  /**
   * A convolution over two or three spatial dimensions of gapless operands.
   *
   * @param type of all elements: float32, float64, float16 or bfloat16; accumulated in float32
   *     (float64 for float64)
   * @param channelsLast whether channels lie closest together in memory, in all three operands
   * @param x the lengths of the input {@code [batch, channels, *spatial]}
   * @param w the lengths of the filter {@code [filters, channels / groups, *kernel]}
   * @param y the lengths of the output {@code [batch, filters, *outSpatial]}
   * @param padding zeros before and after, per spatial dimension
   * @param strides the step of the kernel, per spatial dimension
   * @param dilation the distance of kernel elements, per spatial dimension
   * @param groups the number of independent groups of channels
   * @param precision how float32 is computed
   */
  record ConvolutionShape(
      DType type,
      boolean channelsLast,
      int[] x,
      int[] w,
      int[] y,
      int[] padding,
      int[] strides,
      int[] dilation,
      int groups,
      Blas.Precision precision) {}

  /** A convolution as the library has taken it. */
  interface Convolution {}

  /**
   * A way to compute a convolution.
   *
   * @param number the library's number
   * @param math the library's number for the kind of arithmetic
   * @param deterministic whether it gives the same bits each time
   * @param workspace the memory it needs, in bytes
   */
  record Algorithm(int number, int math, boolean deterministic, long workspace) {}

  /** Prepares a convolution, or null where the library has none like it. */
  Convolution prepare(ConvolutionShape shape);

  /** Gives a convolution back. */
  void release(Convolution convolution);

  /**
   * The algorithms that work, the fastest first by the library's guess, or by running each when
   * {@code measured}.
   */
  List<Algorithm> algorithms(
      Handle handle, Convolution convolution, Direction direction, boolean measured);

  /**
   * Computes a convolution or a gradient; the operand that the direction names is written.
   *
   * @param add whether to add to what is there
   * @return false when the library turns out not to support it
   */
  boolean convolve(
      Handle handle,
      Convolution convolution,
      Direction direction,
      Algorithm algorithm,
      long x,
      long w,
      long y,
      long workspace,
      boolean add);

  /**
   * {@code y = x * w + bias}, with negative results set to 0 where {@code relu}.
   *
   * @param bias one for each filter
   * @return false when the library turns out not to support it
   */
  boolean convolveBias(
      Handle handle,
      Convolution convolution,
      Algorithm algorithm,
      long x,
      long w,
      long bias,
      boolean relu,
      long y,
      long workspace);
}
