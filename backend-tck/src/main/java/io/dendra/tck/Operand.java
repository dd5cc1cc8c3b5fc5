package io.dendra.tck;

import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;

/**
 * How to make an operand: its shape, its type and where its values come from.
 *
 * <p>An operand without a type takes the one that a test runs with; when that is a float, gradients
 * are taken by it.
 */
public final class Operand {
  /** Draws the value of a place. */
  @FunctionalInterface
  private interface Values {
    double[] draw(RandomStream stream, int count);
  }

  private final Shape shape;
  private final DType dtype;
  private final Values values;

  private Operand(Shape shape, DType dtype, Values values) {
    this.shape = shape;
    this.dtype = dtype;
    this.values = values;
  }

  /** Numbers from an interval. */
  public static Operand in(double low, double high, long... dims) {
    return new Operand(
        Shape.of(dims),
        null,
        (stream, count) -> {
          double[] drawn = new double[count];
          for (int i = 0; i < count; i++) {
            drawn[i] = stream.uniform(low, high);
          }
          return drawn;
        });
  }

  /** Numbers from -2 to 2. */
  public static Operand number(long... dims) {
    return in(-2, 2, dims);
  }

  /** Numbers from -3 to 3 that lie apart, so that a small step changes none of their order. */
  public static Operand distinct(long... dims) {
    return new Operand(
        Shape.of(dims),
        null,
        (stream, count) -> {
          double[] drawn = new double[count];
          int[] order = stream.permutation(count);
          for (int i = 0; i < count; i++) {
            drawn[i] = -3 + 6 * (order[i] + 0.5) / count;
          }
          return drawn;
        });
  }

  /** Whole numbers from -2 to 2, many of them equal. */
  public static Operand repeated(long... dims) {
    return new Operand(
        Shape.of(dims),
        null,
        (stream, count) -> {
          double[] drawn = new double[count];
          for (int i = 0; i < count; i++) {
            drawn[i] = stream.nextInt(5) - 2;
          }
          return drawn;
        });
  }

  /** Places from 0 to before a length, int64. */
  public static Operand index(int length, long... dims) {
    return new Operand(
        Shape.of(dims),
        DType.INT64,
        (stream, count) -> {
          double[] drawn = new double[count];
          for (int i = 0; i < count; i++) {
            drawn[i] = stream.nextInt(length);
          }
          return drawn;
        });
  }

  /** Booleans. */
  public static Operand flags(long... dims) {
    return new Operand(
        Shape.of(dims),
        DType.BOOL,
        (stream, count) -> {
          double[] drawn = new double[count];
          for (int i = 0; i < count; i++) {
            drawn[i] = stream.nextInt(2);
          }
          return drawn;
        });
  }

  /** Given numbers in one dimension. */
  public static Operand of(double... values) {
    return new Operand(Shape.of(values.length), null, (stream, count) -> values);
  }

  /** The same with a type of its own, whatever the test runs with. */
  public Operand as(DType fixed) {
    return new Operand(shape, fixed, values);
  }

  /** The same with another shape. */
  public Operand shaped(long... dims) {
    return new Operand(Shape.of(dims), dtype, values);
  }

  Shape shape() {
    return shape;
  }

  /** Whether gradients are taken by it when it has this type. */
  boolean takesGradient(DType running) {
    return dtype == null && running.isFloating();
  }

  /** The values, in the running type unless the operand has its own. */
  NDArray draw(RandomStream stream, DType running) {
    double[] drawn = values.draw(stream, (int) shape.size());
    DType target = dtype == null ? running : dtype;
    if (target == DType.BOOL && dtype == null) {
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = drawn[i] > 0 ? 1 : 0;
      }
    }
    return NDArray.wrap(drawn, DType.FLOAT64, shape).as(target);
  }

  @Override
  public String toString() {
    return (dtype == null ? "" : dtype.label()) + shape;
  }
}
