package io.dendra.tck.specs;

import static io.dendra.tck.Operand.number;

import io.dendra.autograd.Autograd;
import io.dendra.ops.Convolution;
import io.dendra.ops.Indexing;
import io.dendra.ops.Pooling;
import io.dendra.ops.Reduce;
import io.dendra.ops.ShapeOps;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tck.LinearPair;
import io.dendra.tck.Operand;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The pairs of ops that are each other's adjoint, which close the table of gradients. */
public final class LinearPairs {
  private static final RandomKey SEED = RandomKey.of(3);

  private LinearPairs() {}

  /** The pairs. */
  public static List<LinearPair> all() {
    List<LinearPair> pairs = new ArrayList<>();
    for (ConvolutionSpecs.Geometry g : ConvolutionSpecs.geometries()) {
      pairs.addAll(convolution(g));
    }
    for (PoolingSpecs.Geometry g : PoolingSpecs.geometries()) {
      pairs.add(pooling(g));
    }
    pairs.addAll(indexing());
    pairs.addAll(shapes());
    pairs.addAll(sums());
    return pairs;
  }

  private static Tensor fixed(long place, Shape shape, DType dtype) {
    return RandomNumbers.of(SEED.fold(place), shape, dtype);
  }

  /** Random numbers as tensors on the default device. */
  private static final class RandomNumbers {
    static Tensor of(RandomKey key, Shape shape, DType dtype) {
      RandomStream stream = new RandomStream(key);
      double[] values = new double[(int) shape.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = stream.uniform(-1, 1);
      }
      return Tensor.of(NDArray.wrap(values, DType.FLOAT64, shape).as(dtype));
    }
  }

  private static List<LinearPair> convolution(ConvolutionSpecs.Geometry g) {
    return List.of(
        new LinearPair(
            "conv by input, " + g.label(),
            x -> Convolution.conv(x, fixed(1, g.w(), x.dtype()), g.spec()),
            y -> Convolution.convInputGrad(y, fixed(1, g.w(), y.dtype()), g.spec(), g.x()),
            number(g.x().dims()),
            number(g.y().dims())),
        new LinearPair(
            "conv by filter, " + g.label(),
            w -> Convolution.conv(fixed(2, g.x(), w.dtype()), w, g.spec()),
            y ->
                Convolution.convFilterGrad(
                    fixed(2, g.x(), y.dtype()), y, g.spec(), Layout.contiguous(g.w())),
            number(g.w().dims()),
            number(g.y().dims())));
  }

  private static LinearPair pooling(PoolingSpecs.Geometry g) {
    return byGradient(
        "avg_pool, " + g.label(),
        x -> Pooling.avgPool(x, g.spec()),
        g.x(),
        g.spec().outputShape(g.x()));
  }

  /** A function whose adjoint only its gradient gives. */
  private static LinearPair byGradient(
      String name, UnaryOperator<Tensor> forward, Shape x, Shape y) {
    return new LinearPair(
        name,
        forward,
        g -> {
          Tensor zero = Tensor.full(x, 0, g.dtype(), g.device()).requiresGrad();
          return Autograd.grad(forward.apply(zero), List.of(zero), o -> o.gradOutput(g)).get(0);
        },
        number(x.dims()),
        number(y.dims()));
  }

  private static Tensor places(int length, long... dims) {
    RandomStream stream = new RandomStream(SEED.fold(length));
    NDArray places = NDArray.zeros(DType.INT64, Shape.of(dims));
    long[] values = places.longs();
    for (int i = 0; i < values.length; i++) {
      values[i] = stream.nextInt(length);
    }
    return Tensor.of(places);
  }

  private static List<LinearPair> indexing() {
    return List.of(
        new LinearPair(
            "gather, scatter_add",
            x -> Indexing.gather(x, places(5, 2, 4), 1),
            y -> Indexing.scatterAdd(places(5, 2, 4), y, 1, 5),
            number(3, 5, 2),
            number(3, 2, 4, 2)),
        new LinearPair(
            "take_along, put_along_add",
            x -> Indexing.takeAlong(x, places(5, 3, 7, 2), 1),
            y -> Indexing.putAlongAdd(places(5, 3, 7, 2), y, 1, 5),
            number(3, 5, 2),
            number(3, 7, 2)));
  }

  private static List<LinearPair> shapes() {
    Shape wide = Shape.of(2, 3, 4);
    return List.of(
        new LinearPair(
            "expand, sum_to",
            x -> x.broadcastTo(wide),
            y -> ShapeOps.sumTo(y, Shape.of(3, 1)),
            number(3, 1),
            number(2, 3, 4)),
        new LinearPair(
            "slice, pad",
            x -> x.slice(1, 2, 5),
            y -> ShapeOps.pad(y, 1, 2, 1),
            number(2, 6),
            number(2, 3)),
        byGradient(
            "slice with steps", x -> ShapeOps.slice(x, 0, 1, 7, 3), Shape.of(8, 2), Shape.of(2, 2)),
        byGradient(
            "reshape of a transposed",
            x -> x.transpose().reshape(3, 4),
            Shape.of(2, 6),
            Shape.of(3, 4)),
        byGradient(
            "concatenate",
            x -> ShapeOps.concatenate(0, x, x.mul(2), x),
            Shape.of(2, 3),
            Shape.of(6, 3)),
        byGradient("flip", x -> ShapeOps.flip(x, 0), Shape.of(4, 2), Shape.of(4, 2)),
        new LinearPair(
            "cast",
            x -> x.cast(other(x)).mul(3).cast(x.dtype()),
            y -> {
              Tensor zero = ShapeOps.zerosLike(y).requiresGrad();
              Tensor image = zero.cast(other(y)).mul(3).cast(y.dtype());
              return Autograd.grad(image, List.of(zero), o -> o.gradOutput(y)).get(0);
            },
            // Whole numbers are exact in both types.
            Operand.repeated(9),
            Operand.repeated(9)));
  }

  private static DType other(Tensor x) {
    return x.dtype() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
  }

  private static List<LinearPair> sums() {
    List<LinearPair> pairs = new ArrayList<>();
    for (boolean exclusive : new boolean[] {false, true}) {
      Operand operand = number(3, 5, 2);
      pairs.add(
          new LinearPair(
              "cumulative_sum" + (exclusive ? ", exclusive" : ""),
              x -> Reduce.cumulativeSum(x, 1, exclusive, false),
              y -> Reduce.cumulativeSum(y, 1, exclusive, true),
              operand,
              operand));
    }
    pairs.add(byGradient("mean", x -> x.mean(1), Shape.of(3, 5), Shape.of(3)));
    pairs.add(
        new LinearPair(
            "matmul",
            x -> x.matmul(fixed(4, Shape.of(4, 5), x.dtype())),
            y -> y.matmul(fixed(4, Shape.of(4, 5), y.dtype()).transpose()),
            number(2, 3, 4),
            number(2, 3, 5)));
    return pairs;
  }
}
