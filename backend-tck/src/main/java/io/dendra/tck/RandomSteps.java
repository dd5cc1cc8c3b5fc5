package io.dendra.tck;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.UnaryOp;
import io.dendra.ops.Elementwise;
import io.dendra.ops.Indexing;
import io.dendra.ops.NN;
import io.dendra.ops.Pooling;
import io.dendra.ops.Reduce;
import io.dendra.ops.ShapeOps;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tck.RandomGraph.Step;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The calls that random graphs are made of; values stay small, whatever comes in. */
final class RandomSteps {
  private static final UnaryOp[] UNARY = {
    UnaryOp.TANH,
    UnaryOp.SIGMOID,
    UnaryOp.SIN,
    UnaryOp.COS,
    UnaryOp.RELU,
    UnaryOp.ABS,
    UnaryOp.NEG,
    UnaryOp.SOFTPLUS,
    UnaryOp.ERF,
    UnaryOp.ATAN,
    UnaryOp.SIGN
  };
  private static final BinaryOp[] BINARY = {
    BinaryOp.ADD, BinaryOp.SUB, BinaryOp.MUL, BinaryOp.MAXIMUM, BinaryOp.MINIMUM
  };

  /** Larger values are not made larger still. */
  private static final long LARGEST = 4000;

  private RandomSteps() {}

  /** A call that fits some of the values. */
  static Step choose(RandomStream stream, List<Tensor> values) {
    while (true) {
      int place = stream.nextInt(values.size());
      Tensor x = values.get(place);
      Step step =
          switch (stream.nextInt(6)) {
            case 0 -> unary(stream, place);
            case 1 -> binary(stream, values, place);
            case 2 -> reduction(stream, x, place);
            case 3 -> shape(stream, x, place);
            case 4 -> indexing(stream, x, place);
            default -> network(stream, x, place);
          };
      if (step != null) {
        return step;
      }
    }
  }

  private static Step step(String label, int place, Function<Tensor, Tensor> op) {
    return new Step(label, new int[] {place}, OpCall.map(op));
  }

  private static Step unary(RandomStream stream, int place) {
    UnaryOp op = UNARY[stream.nextInt(UNARY.length)];
    return step(op.name().toLowerCase(Locale.ROOT), place, x -> Elementwise.unary(op, x));
  }

  private static Step binary(RandomStream stream, List<Tensor> values, int place) {
    int other = stream.nextInt(values.size());
    Shape shape = values.get(place).shape();
    if (!broadcasts(shape, values.get(other).shape())) {
      other = place;
    }
    int[] places = {place, other};
    if (stream.nextInt(4) == 0) {
      return new Step(
          "where less", places, OpCall.one(t -> Elementwise.where(t[0].lt(t[1]), t[0], t[1])));
    }
    BinaryOp op = BINARY[stream.nextInt(BINARY.length)];
    String label = op.name().toLowerCase(Locale.ROOT);
    return new Step(label, places, OpCall.one(t -> Elementwise.binary(op, t[0], t[1]).mul(0.5)));
  }

  private static boolean broadcasts(Shape a, Shape b) {
    for (int i = 1; i <= Math.min(a.rank(), b.rank()); i++) {
      long first = a.dim(-i);
      long second = b.dim(-i);
      if (first != second && first != 1 && second != 1) {
        return false;
      }
    }
    return Shape.broadcast(a, b).size() <= LARGEST;
  }

  private static Step reduction(RandomStream stream, Tensor x, int place) {
    if (x.rank() == 0) {
      return null;
    }
    int axis = stream.nextInt(x.rank());
    int[] axes = {axis};
    boolean keep = stream.nextInt(2) == 0;
    long length = Math.max(1, x.dim(axis));
    String where = " over axis " + axis + (keep ? ", kept" : "");
    return switch (stream.nextInt(4)) {
      case 0 -> step("mean" + where, place, t -> t.sum(axis).mul(1.0 / length));
      case 1 ->
          x.dim(axis) == 0
              ? null
              : step(
                  "max" + where,
                  place,
                  t -> Reduce.reduce(io.dendra.backend.ReduceOp.MAX, t, axes, keep));
      case 2 ->
          step(
              "cumulative_sum" + where,
              place,
              t -> Reduce.cumulativeSum(t, axis, keep, !keep).mul(1.0 / length));
      default -> step("norm" + where, place, t -> Reduce.sum(t.square(), axes, keep).add(1).sqrt());
    };
  }

  private static Step shape(RandomStream stream, Tensor x, int place) {
    int rank = x.rank();
    if (rank == 0) {
      return step("expand_dims", place, t -> t.expandDims(0));
    }
    int axis = stream.nextInt(rank);
    long length = x.dim(axis);
    String where = " along axis " + axis;
    switch (stream.nextInt(8)) {
      case 0 -> {
        int[] axes = stream.permutation(rank);
        return step("permute " + java.util.Arrays.toString(axes), place, t -> t.permute(axes));
      }
      case 1 -> {
        long from = stream.nextInt((int) length + 1);
        long to = from + stream.nextInt((int) (length - from) + 1);
        int step = 1 + stream.nextInt(2);
        String label = "slice" + where + " from " + from + " to " + to + " by " + step;
        return step(label, place, t -> ShapeOps.slice(t, axis, from, to, step));
      }
      case 2 -> {
        return x.size() == 0 ? null : step("flat", place, t -> t.reshape(-1));
      }
      case 3 -> {
        return x.size() > LARGEST
            ? null
            : step("twice" + where, place, t -> ShapeOps.concatenate(axis, t, t.mul(0.5)));
      }
      case 4 -> {
        return step("pad" + where, place, t -> ShapeOps.pad(t, axis, 1, 2));
      }
      case 5 -> {
        return step("flip" + where, place, t -> ShapeOps.flip(t, axis));
      }
      case 6 -> {
        return x.size() > LARGEST || rank > 4
            ? null
            : step("repeat", place, t -> t.broadcastTo(t.shape().prepend(2)));
      }
      default -> {
        return rank > 4 ? null : step("expand_dims" + where, place, t -> t.expandDims(axis));
      }
    }
  }

  private static Step indexing(RandomStream stream, Tensor x, int place) {
    if (x.rank() == 0) {
      return null;
    }
    int axis = stream.nextInt(x.rank());
    int length = (int) x.dim(axis);
    if (length == 0) {
      return null;
    }
    long[] places = new long[1 + stream.nextInt(4)];
    for (int i = 0; i < places.length; i++) {
      places[i] = stream.nextInt(length);
    }
    String where = " along axis " + axis + " at " + java.util.Arrays.toString(places);
    return switch (stream.nextInt(3)) {
      case 0 -> step("gather" + where, place, t -> Indexing.gather(t, Tensor.of(places), axis));
      case 1 -> step("sort along axis " + axis, place, t -> Reduce.sort(t, axis));
      default ->
          step(
              "as integers and back",
              place,
              t -> t.mul(4).cast(DType.INT32).add(1).cast(t.dtype()).mul(0.2).add(t.mul(0.1)));
    };
  }

  private static Step network(RandomStream stream, Tensor x, int place) {
    int rank = x.rank();
    if (rank == 0 || x.size() == 0) {
      return null;
    }
    int axis = stream.nextInt(rank);
    RandomKey key = RandomKey.of(stream.nextInt(1000));
    switch (stream.nextInt(9)) {
      case 0 -> {
        return step("softmax along axis " + axis, place, t -> NN.softmax(t, axis));
      }
      case 1 -> {
        return step("log_softmax along axis " + axis, place, t -> NN.logSoftmax(t, axis).mul(0.3));
      }
      case 2 -> {
        boolean approximate = stream.nextInt(2) == 0;
        return step("gelu", place, t -> NN.gelu(t, approximate));
      }
      case 3 -> {
        return step("dropout", place, t -> NN.dropout(t, 0.3, key));
      }
      case 4 -> {
        return rank < 2
            ? null
            : step(
                "by its own transpose", place, t -> t.matmul(t.transpose()).mul(1.0 / t.dim(-1)));
      }
      case 5 -> {
        return step(
            "layer_norm",
            place,
            t -> {
              Tensor ones = Tensor.full(Shape.of(t.dim(-1)), 1, t.dtype(), t.device());
              return NN.layerNorm(t, ones, ones.mul(0.1), 0.1);
            });
      }
      case 6 -> {
        PoolSpec spec = new PoolSpec(new int[] {2}, new int[] {1}, new int[] {1}, new int[] {0});
        boolean max = stream.nextInt(2) == 0;
        return rank != 3
            ? null
            : step(
                max ? "max_pool" : "avg_pool",
                place,
                t -> max ? Pooling.maxPool(t, spec) : Pooling.avgPool(t, spec));
      }
      case 7 -> {
        ConvSpec spec = new ConvSpec(new int[] {1}, new int[] {1}, new int[] {1}, new int[] {1}, 1);
        return rank != 3 || x.dim(1) > 8
            ? null
            : step(
                "conv_bias by its own mean",
                place,
                t -> {
                  Tensor w = t.mean(0).sum(1).mul(0.1).reshape(1, t.dim(1), 1);
                  Tensor filter = w.broadcastTo(Shape.of(2, t.dim(1), 3));
                  Tensor b = Tensor.full(Shape.of(2), 0.1, t.dtype(), t.device());
                  return NN.convBias(t, filter, b, spec, Epilogue.RELU);
                });
      }
      default -> {
        return step(
            "compared with its mean",
            place,
            t -> {
              Tensor greater = Elementwise.compare(CompareOp.GE, t, t.mean());
              return Elementwise.where(greater, t, t.mul(0.25));
            });
      }
    }
  }
}
