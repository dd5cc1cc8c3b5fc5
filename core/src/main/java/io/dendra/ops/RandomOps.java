package io.dendra.ops;

import io.dendra.backend.Backends;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.RandomOp;
import io.dendra.backend.UnaryOp;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;

/** Random tensors: the same key gives the same numbers, on every backend. */
public final class RandomOps {
  private RandomOps() {}

  /**
   * Uniform in [0, 1) for float32 and float64, or 32 random bits each for int32. A 16-bit float
   * takes what float32 would, rounded: it may be 1.
   */
  public static Tensor uniform(RandomKey key, Shape shape, DType dtype, Device device) {
    if (device.backend().equals("meta")) {
      return Tensor.meta(shape, dtype);
    }
    if (dtype.isHalf()) {
      return uniform(key, shape, DType.FLOAT32, device).cast(dtype);
    }
    RandomOp op =
        switch (dtype) {
          case FLOAT32, FLOAT64 -> RandomOp.UNIFORM;
          case INT32 -> RandomOp.BITS;
          case INT64, BOOL, FLOAT16, BFLOAT16 ->
              throw new OpException(
                  "uniform of " + dtype.label() + ": draw float32, float64 or int32 and cast");
        };
    OpenDevice open = Backends.open(device);
    Tensor out = Tensor.allocate(open, dtype, Layout.contiguous(shape), "uniform");
    open.backend().random(op, key.value(), 0, out.view());
    return out;
  }

  /** Uniform in [low, high), float32, on the default device. */
  public static Tensor uniform(RandomKey key, Shape shape, double low, double high) {
    return uniform(key, shape, DType.FLOAT32, Backends.defaultDevice()).mul(high - low).add(low);
  }

  /** Standard normal (G. Box and M. Muller, 1958), float32, on the default device. */
  public static Tensor normal(RandomKey key, Shape shape) {
    return normal(key, shape, DType.FLOAT32, Backends.defaultDevice());
  }

  /** Standard normal. */
  public static Tensor normal(RandomKey key, Shape shape, DType dtype, Device device) {
    Tensor u = uniform(key.fold(0), shape, dtype, device);
    Tensor angle = uniform(key.fold(1), shape, dtype, device).mul(2 * Math.PI);
    // 1 - u lies in (0, 1], where the logarithm is finite.
    Tensor radius = Elementwise.binary(BinaryOp.SUB, 1, u).log().mul(-2).sqrt();
    return radius.mul(Elementwise.unary(UnaryOp.COS, angle));
  }

  /**
   * Standard normal, drawn again where it lies more than two standard deviations out; where sixteen
   * draws do (less than once in 10^21), the nearer bound.
   */
  public static Tensor truncatedNormal(RandomKey key, Shape shape, DType dtype, Device device) {
    Tensor x = normal(key, shape, dtype, device);
    for (int i = 0; i < 16; i++) {
      Tensor inside = Elementwise.compare(CompareOp.LE, x.abs(), 2);
      if (device.backend().equals("meta")
          || Reduce.reduce(io.dendra.backend.ReduceOp.ALL, inside, new int[0], false).item() != 0) {
        return x;
      }
      x = Elementwise.where(inside, x, normal(key.fold(2 + i), shape, dtype, device));
    }
    return Elementwise.clip(x, -2, 2);
  }

  /** True with the given probability. */
  public static Tensor bernoulli(RandomKey key, Shape shape, double probability, Device device) {
    return Elementwise.compare(
        CompareOp.LT, uniform(key, shape, DType.FLOAT32, device), probability);
  }
}
