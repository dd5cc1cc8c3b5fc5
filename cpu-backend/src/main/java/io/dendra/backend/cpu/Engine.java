package io.dendra.backend.cpu;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import java.util.Map;

/**
 * The native library behind the costly operations. What it has no kernel for it declines by
 * returning false or null, and the Java loops take over; the matrix product has to be there.
 */
interface Engine extends AutoCloseable {
  /** The name in the setting {@code dendra.cpu.engine}. */
  String name();

  /** The library and its version. */
  String versions();

  /** Adds what else is known, such as the instruction set. */
  default void describeTo(Map<String, String> details) {}

  /**
   * {@code out = a b}, or {@code out += a b}; float32 or float64, as {@code Backend.matmul} says.
   */
  void matmul(View a, View b, boolean accumulate, View out);

  /** Whether it multiplies bfloat16 as it is. */
  default boolean hasBfloat16() {
    return false;
  }

  /** {@code out = a b} of bfloat16, with sums in float32. */
  default boolean bfloat16Matmul(View a, View b, View out) {
    return false;
  }

  /** Its functions of ranges of float32, or null. */
  default RangeFunctions ranges() {
    return null;
  }

  /** A function of float64 numbers. */
  default boolean unary(UnaryOp op, View x, View out) {
    return false;
  }

  /** {@code out = epilogue(x w + bias)}; the bias and the output lie row-major. */
  default boolean linear(Epilogue epilogue, View x, View w, View bias, View out) {
    return false;
  }

  /**
   * The gradient by what an epilogue was applied to, in the calling thread, over plain ranges of
   * float32.
   *
   * @param value the address of what the epilogue gave
   * @param gradient the address of the gradient by that
   */
  default boolean slope(Epilogue epilogue, long value, long gradient, long to, long size) {
    return false;
  }

  /** Its own kernel of a fused op on float32 operands like these, or null. */
  default FusedKernel fused(FusedOp op, View[] inputs) {
    return null;
  }

  /** {@code out = epilogue(conv(x, w) + bias)} of float32. */
  default boolean convBias(ConvSpec spec, Epilogue epilogue, View x, View w, View bias, View out) {
    return false;
  }

  /**
   * The gradients of {@link #convBias} that are wanted, the others null.
   *
   * @param y what it gave
   * @param gradOut the gradient of y, gapless in the memory order of y
   */
  default boolean convBiasGrad(
      ConvSpec spec,
      Epilogue epilogue,
      View x,
      View w,
      View y,
      View gradOut,
      View gradX,
      View gradW,
      View gradBias) {
    return false;
  }

  /** A product of matrices, or of a batch of them, to be run at many places of its operands. */
  default Sliding sliding(View a, View b, boolean accumulate, View out) {
    return moved ->
        matmul(
            Sliding.moved(a, moved[0]),
            Sliding.moved(b, moved[1]),
            accumulate,
            Sliding.moved(out, moved[2]));
  }

  /** A function of row-major float32, to be run at many places; null where there is none. */
  default Sliding sliding(UnaryOp op, View x, View out) {
    return null;
  }

  /** How many blocks, of up to {@code most}, to work on at once, each calling this engine. */
  int blocks(long most, double flops);

  default boolean conv(ConvSpec spec, View x, View w, View out) {
    return false;
  }

  default boolean convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    return false;
  }

  default boolean convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    return false;
  }

  @Override
  void close();
}
