package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.UnaryOp;

/**
 * An engine's functions of plain ranges of float32 memory at given addresses, in the calling
 * thread. Those of one number differ from {@link FloatLoops} in rounding, so which are used depends
 * on the size of the operands alone: on whether it is {@link #WORTHWHILE}. Results may lie over
 * operands.
 */
interface RangeFunctions {
  /** From that many elements on, the functions of one number are the engine's. */
  int WORTHWHILE = 1 << 13;

  /** Whether it is faster at a function than the Java loops. */
  boolean has(UnaryOp op);

  /** Whether it has a function of two numbers, which gives the bits of the Java loops. */
  boolean has(BinaryOp op);

  /** {@code y = op(x)} of n elements, at the addresses of x and y. */
  Call unary(UnaryOp op, long n);

  /** {@code y = op(a, b)} of n elements, at the addresses of a, b and y. */
  Call binary(BinaryOp op, long n);

  /** {@code y = op(a, b)} of n elements and one number, at the addresses of a, b and y. */
  Call withNumber(BinaryOp op, long n);

  /** A function of ranges of one length, for one thread. */
  interface Call extends AutoCloseable {
    /** Runs it at these addresses. */
    void run(long... addresses);

    @Override
    void close();
  }
}
