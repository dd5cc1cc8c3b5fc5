package io.dendra.tck;

import io.dendra.tensor.DType;

/**
 * How far results may be from the expected ones: {@code relative · (|expected| + 1)}.
 *
 * @param float32 for float32
 * @param float64 for float64
 */
public record Tolerance(double float32, double float64) {
  /** For functions of single elements. */
  public static final Tolerance TIGHT = new Tolerance(4e-6, 1e-12);

  /** For sums of products. */
  public static final Tolerance SUMS = new Tolerance(5e-5, 1e-11);

  /** For a chain of several ops. */
  public static final Tolerance CHAIN = new Tolerance(2e-4, 1e-10);

  /** The bound for a type; integers and booleans have to be exact. */
  public double of(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> float32;
      case FLOAT64 -> float64;
      case INT32, INT64, BOOL, FLOAT16, BFLOAT16 -> 0;
    };
  }

  /** The looser one. */
  public Tolerance times(double factor) {
    return new Tolerance(float32 * factor, float64 * factor);
  }
}
