package io.dendra.backend.cpu;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.backend.cpu.Twins.Twin;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every method of the backend on random operands, against the reference backend. */
final class EngineTest {
  private static final double CLOSE = 2e-6;
  private static final double SUMMED = 2e-5;
  private static final List<DType> ARITHMETIC =
      List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64);
  private static final List<Shape> SHAPES =
      List.of(
          Shape.scalar(),
          Shape.of(1),
          Shape.of(7),
          Shape.of(0, 3),
          Shape.of(3, 1, 5),
          Shape.of(4, 3, 5, 2),
          Shape.of(33, 65));

  private Twins twins;

  private void open(EngineChoice engine) {
    twins = new Twins(new CpuBackend(new CpuSettings(engine, 2)));
  }

  @AfterEach
  void close() {
    twins.close();
  }

  private static View side(Twin twin, boolean expected) {
    return expected ? twin.expected() : twin.actual();
  }

  private static double tolerance(DType dtype, double single) {
    return dtype == DType.FLOAT32 ? single : dtype == DType.FLOAT64 ? 1e-12 : 0;
  }

  /** Runs a case over the shapes with a few seeds each. */
  private void each(List<Shape> shapes, int seeds, Function<Shape, Runnable> body) {
    for (Shape shape : shapes) {
      for (int seed = 0; seed < seeds; seed++) {
        twins.seed(seed * 31L + shape.hashCode());
        body.apply(shape).run();
        twins.clear();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void unary(EngineChoice engine) {
    open(engine);
    List<Shape> shapes = new ArrayList<>(SHAPES);
    shapes.add(Shape.of(123, 457));
    for (UnaryOp op : UnaryOp.values()) {
      for (DType dtype : ARITHMETIC) {
        if (!dtype.isFloating() && !op.takesIntegers()) {
          continue;
        }
        each(
            shapes,
            2,
            shape ->
                () -> {
                  Twin x = twins.input(dtype, shape, op.low(), op.high());
                  Twin y = twins.output(dtype, shape);
                  twins.both((b, e) -> b.unary(op, side(x, e), side(y, e)));
                  twins.assertSame(op + " " + dtype, y, tolerance(dtype, CLOSE));
                });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void unaryOfSpecialValues(EngineChoice engine) {
    open(engine);
    double[] specials = {
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      0,
      -0.0,
      1e30,
      -1e30,
      1e-30,
      88,
      -88,
      -104,
      104,
      17,
      -17
    };
    int repeats = 8192;
    float[] values = new float[specials.length * repeats];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) specials[i % specials.length];
    }
    for (UnaryOp op : UnaryOp.values()) {
      for (int n : new int[] {specials.length, values.length}) {
        twins.seed(n);
        Shape shape = Shape.of(n);
        Twin x = twins.output(DType.FLOAT32, shape);
        Twin y = twins.output(DType.FLOAT32, shape);
        twins.both(
            (b, e) -> {
              b.fromHost(values, 0, side(x, e));
              b.unary(op, side(x, e), side(y, e));
            });
        twins.assertSame(op + " of special values", y, CLOSE);
        twins.clear();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void binary(EngineChoice engine) {
    open(engine);
    List<Shape> shapes = new ArrayList<>(SHAPES);
    shapes.add(Shape.of(323, 257));
    for (BinaryOp op : BinaryOp.values()) {
      for (DType dtype : op.isLogical() ? List.of(DType.BOOL) : ARITHMETIC) {
        if (dtype.isInteger() && !op.takesIntegers()) {
          continue;
        }
        each(
            shapes,
            3,
            shape ->
                () -> {
                  Twin a = twins.input(dtype, shape, op.low(), op.high());
                  Twin b = twins.input(dtype, shape, op.low(), op.high());
                  Twin y = twins.output(dtype, shape);
                  twins.both((k, e) -> k.binary(op, side(a, e), side(b, e), side(y, e)));
                  twins.assertSame(op + " " + dtype, y, tolerance(dtype, CLOSE));
                  boolean first = twins.random.nextBoolean();
                  double scalar = op.low() + 0.3 * (op.high() - op.low());
                  twins.both((k, e) -> k.binaryScalar(op, side(a, e), scalar, first, side(y, e)));
                  twins.assertSame(op + " scalar " + dtype, y, tolerance(dtype, CLOSE));
                });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void comparisonsAndChoice(EngineChoice engine) {
    open(engine);
    for (DType dtype : DType.values()) {
      each(
          SHAPES,
          2,
          shape ->
              () -> {
                Twin a = twins.input(dtype, shape, -2, 3);
                Twin b = twins.input(dtype, shape, -2, 3);
                Twin c = twins.output(DType.BOOL, shape);
                for (CompareOp op : CompareOp.values()) {
                  twins.both((k, e) -> k.compare(op, side(a, e), side(b, e), side(c, e)));
                  twins.assertSame(op + " " + dtype, c, 0);
                }
                Twin y = twins.output(dtype, shape);
                Twin test = twins.input(DType.BOOL, shape, 0, 2);
                twins.both((k, e) -> k.where(side(test, e), side(a, e), side(b, e), side(y, e)));
                twins.assertSame("where " + dtype, y, 0);
              });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void castsCopiesFills(EngineChoice engine) {
    open(engine);
    for (DType from : DType.values()) {
      for (DType to : DType.values()) {
        each(
            SHAPES,
            2,
            shape ->
                () -> {
                  Twin x = twins.input(from, shape, -900, 900);
                  Twin y = twins.output(to, shape);
                  twins.both((k, e) -> k.cast(side(x, e), side(y, e)));
                  twins.assertSame("cast " + from + " to " + to, y, 0);
                });
      }
      each(
          SHAPES,
          4,
          shape ->
              () -> {
                Twin x = twins.input(from, shape, -9, 9);
                Layout spread = Layout.contiguous(shape);
                long[] strides = spread.strides();
                for (int i = 0; i < strides.length; i++) {
                  strides[i] *= 2;
                }
                Twin y = twins.output(from, Layout.of(shape, strides, 3));
                twins.both((k, e) -> k.copy(side(x, e), side(y, e)));
                twins.assertSame("copy " + from, y, 0);
                twins.assertSame(
                    "around the copy",
                    y.with(Layout.contiguous(Shape.of(Twins.extent(y.layout())))),
                    0);
                Twin z = twins.output(from, shape);
                twins.both((k, e) -> k.fill(side(z, e), 2.7));
                twins.assertSame("fill " + from, z, 0);
              });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void reductions(EngineChoice engine) {
    open(engine);
    List<Shape> shapes = new ArrayList<>(SHAPES);
    shapes.add(Shape.of(300, 400));
    shapes.add(Shape.of(140000));
    for (ReduceOp op : ReduceOp.values()) {
      for (DType dtype : op.isLogical() ? List.of(DType.BOOL) : ARITHMETIC) {
        each(
            shapes,
            4,
            shape ->
                () -> {
                  boolean empty = shape.size() == 0;
                  if (empty && (op == ReduceOp.MAX || op == ReduceOp.MIN)) {
                    return;
                  }
                  double spread = op == ReduceOp.PROD ? 0.01 : 1;
                  Twin x = twins.input(dtype, shape, 1 - spread, 1 + 3 * spread);
                  int mask = twins.random.nextInt(1 << shape.rank());
                  int[] axes =
                      IntStream.range(0, shape.rank())
                          .filter(i -> (mask & (1 << i)) != 0)
                          .toArray();
                  Shape result = shape;
                  for (int axis : axes) {
                    result = result.with(axis, 1);
                  }
                  Twin y = twins.output(dtype, result);
                  twins.both((k, e) -> k.reduce(op, side(x, e), axes, side(y, e)));
                  twins.assertSame(op + " " + dtype, y, tolerance(dtype, SUMMED));
                });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void lanes(EngineChoice engine) {
    open(engine);
    List<Shape> shapes = List.of(Shape.of(1), Shape.of(7), Shape.of(3, 1, 5), Shape.of(33, 65));
    for (DType dtype : ARITHMETIC) {
      each(
          shapes,
          4,
          shape ->
              () -> {
                Twin x = twins.input(dtype, shape, -9, 9);
                int axis = twins.random.nextInt(shape.rank());
                for (ArgReduceOp op : ArgReduceOp.values()) {
                  Twin place = twins.output(DType.INT64, shape.with(axis, 1));
                  twins.both((k, e) -> k.argReduce(op, side(x, e), axis, side(place, e)));
                  twins.assertSame(op + " " + dtype, place, 0);
                }
                boolean exclusive = twins.random.nextBoolean();
                boolean reverse = twins.random.nextBoolean();
                Twin sums = twins.output(dtype, shape);
                twins.both(
                    (k, e) -> k.cumulativeSum(side(x, e), axis, exclusive, reverse, side(sums, e)));
                twins.assertSame("cumulative sum", sums, tolerance(dtype, CLOSE));
                long count = 1 + twins.random.nextLong(shape.dim(axis));
                Twin values = twins.output(dtype, shape.with(axis, count));
                Twin indices = twins.output(DType.INT64, shape.with(axis, count));
                boolean largest = twins.random.nextBoolean();
                twins.both(
                    (k, e) -> k.topK(side(x, e), axis, largest, side(values, e), side(indices, e)));
                twins.assertSame("top values", values, 0);
                twins.assertSame("top places", indices, 0);
              });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void matmul(EngineChoice engine) {
    open(engine);
    long[][] sizes = {
      {1, 1, 1},
      {5, 1, 3},
      {1, 4, 1},
      {3, 0, 4},
      {0, 3, 2},
      {17, 9, 33},
      {64, 64, 64},
      {7, 130, 20},
      {2, 2, 2},
      {3, 5, 1},
      {1, 70, 90},
      {90, 70, 1}
    };
    List<Shape> batches =
        List.of(Shape.scalar(), Shape.of(3), Shape.of(1), Shape.of(2, 3), Shape.of(2, 1, 3));
    for (DType dtype : ARITHMETIC) {
      for (long[] size : sizes) {
        each(
            batches,
            6,
            batch ->
                () -> {
                  Twin a = twins.input(dtype, batch.append(size[0]).append(size[1]), -2, 2);
                  Twin b = twins.input(dtype, batch.append(size[1]).append(size[2]), -2, 2);
                  Twin y = twins.output(dtype, batch.append(size[0]).append(size[2]));
                  twins.both((k, e) -> k.matmul(side(a, e), side(b, e), side(y, e)));
                  String what = "matmul " + dtype + " " + a.layout() + " with " + b.layout();
                  twins.assertSame(what, y, tolerance(dtype, SUMMED));
                });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void indexing(EngineChoice engine) {
    open(engine);
    List<Shape> shapes = List.of(Shape.of(7), Shape.of(4, 0), Shape.of(3, 2, 5), Shape.of(33, 65));
    for (DType dtype : ARITHMETIC) {
      each(
          shapes,
          6,
          shape ->
              () -> {
                int axis = shape.dim(-1) == 0 ? 0 : twins.random.nextInt(shape.rank());
                Shape places =
                    switch (twins.random.nextInt(3)) {
                      case 0 -> Shape.scalar();
                      case 1 -> Shape.of(twins.random.nextInt(9));
                      default -> Shape.of(2, 3);
                    };
                Shape spread = shape.slice(0, axis);
                for (long dim : places.dims()) {
                  spread = spread.append(dim);
                }
                for (int i = axis + 1; i < shape.rank(); i++) {
                  spread = spread.append(shape.dim(i));
                }
                Twin x = twins.input(dtype, shape, -9, 9);
                Twin at = twins.input(DType.INT64, places, 0, (double) shape.dim(axis));
                Twin y = twins.output(dtype, spread);
                twins.both((k, e) -> k.gather(side(x, e), side(at, e), axis, side(y, e)));
                twins.assertSame("gather", y, 0);
                Twin back = twins.output(dtype, shape);
                twins.both((k, e) -> k.scatterAdd(side(at, e), side(y, e), axis, side(back, e)));
                twins.assertSame("scatterAdd", back, tolerance(dtype, CLOSE));
                Shape along = shape.with(axis, 1 + twins.random.nextInt(5));
                Twin index = twins.input(DType.INT64, along, 0, (double) shape.dim(axis));
                Twin taken = twins.output(dtype, along);
                twins.both((k, e) -> k.takeAlong(side(x, e), side(index, e), axis, side(taken, e)));
                twins.assertSame("takeAlong", taken, 0);
                Twin put = twins.output(dtype, shape);
                twins.both(
                    (k, e) -> k.putAlongAdd(side(index, e), side(taken, e), axis, side(put, e)));
                twins.assertSame("putAlongAdd", put, tolerance(dtype, CLOSE));
              });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void convolution(EngineChoice engine) {
    open(engine);
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (int rank = 1; rank <= 3; rank++) {
        for (int seed = 0; seed < 30; seed++) {
          twins.seed(seed * 7L + rank);
          convolution(dtype, rank);
          twins.clear();
        }
      }
    }
  }

  private void convolution(DType dtype, int rank) {
    var random = twins.random;
    int groups = random.nextInt(3) == 0 ? 2 : 1;
    int scale = random.nextInt(3) == 0 ? 8 : 1;
    long[] x = new long[rank + 2];
    long[] w = new long[rank + 2];
    int[] strides = new int[rank];
    int[] low = new int[rank];
    int[] high = new int[rank];
    int[] dilation = new int[rank];
    x[0] = random.nextInt(4);
    x[1] = groups * (1L + random.nextInt(3)) * scale;
    w[0] = groups * (1L + random.nextInt(3)) * scale;
    w[1] = x[1] / groups;
    for (int i = 0; i < rank; i++) {
      w[2 + i] = 1L + random.nextInt(3);
      strides[i] = 1 + random.nextInt(2);
      dilation[i] = 1 + random.nextInt(2);
      low[i] = random.nextInt(3);
      high[i] = random.nextInt(3);
      x[2 + i] = (w[2 + i] - 1) * dilation[i] + 1 + random.nextInt(5);
    }
    ConvSpec spec = new ConvSpec(strides, low, high, dilation, groups);
    Shape input = Shape.of(x);
    Shape filter = Shape.of(w);
    Shape output = spec.outputShape(input, filter);
    Twin in = twins.input(dtype, imageLayout(input), -1, 1);
    Twin weights = twins.input(dtype, filter, -1, 1);
    Twin y = twins.output(dtype, denseImage(output));
    String what = " " + dtype + " " + spec + " of " + in.layout() + " with " + weights.layout();
    twins.both((k, e) -> k.conv(spec, side(in, e), side(weights, e), side(y, e)));
    twins.assertSame("conv" + what, y, tolerance(dtype, SUMMED));
    Twin gradIn = twins.output(dtype, denseImage(input));
    twins.both((k, e) -> k.convInputGrad(spec, side(y, e), side(weights, e), side(gradIn, e)));
    twins.assertSame("convInputGrad" + what, gradIn, tolerance(dtype, SUMMED));
    Twin gradFilter = twins.output(dtype, filter);
    twins.both((k, e) -> k.convFilterGrad(spec, side(in, e), side(y, e), side(gradFilter, e)));
    twins.assertSame("convFilterGrad" + what, gradFilter, tolerance(dtype, SUMMED));
  }

  private Layout imageLayout(Shape shape) {
    return twins.random.nextInt(3) == 0 ? twins.anyLayout(shape) : denseImage(shape);
  }

  /** Channels first, channels last or any other order. */
  private Layout denseImage(Shape shape) {
    int rank = shape.rank();
    return switch (twins.random.nextInt(3)) {
      case 0 -> Layout.contiguous(shape);
      case 1 -> {
        int[] last = new int[rank];
        int[] first = new int[rank];
        for (int i = 1; i < rank - 1; i++) {
          last[i] = i + 1;
          first[i + 1] = i;
        }
        last[rank - 1] = 1;
        first[1] = rank - 1;
        Shape permuted = Layout.contiguous(shape).permute(last).shape();
        yield Layout.contiguous(permuted).permute(first);
      }
      default -> twins.anyDense(shape);
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void pooling(EngineChoice engine) {
    open(engine);
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (int rank = 1; rank <= 3; rank++) {
        for (int seed = 0; seed < 30; seed++) {
          twins.seed(seed * 7L + rank);
          pooling(dtype, rank);
          twins.clear();
        }
      }
    }
  }

  private void pooling(DType dtype, int rank) {
    var random = twins.random;
    long[] x = new long[rank + 2];
    int[] window = new int[rank];
    int[] strides = new int[rank];
    int[] low = new int[rank];
    int[] high = new int[rank];
    x[0] = random.nextInt(4);
    x[1] = 1 + random.nextInt(3) * 8L;
    for (int i = 0; i < rank; i++) {
      window[i] = 1 + random.nextInt(3);
      strides[i] = 1 + random.nextInt(3);
      low[i] = random.nextInt(window[i]);
      high[i] = random.nextInt(window[i]);
      x[2 + i] = (long) window[i] + random.nextInt(5);
    }
    PoolSpec spec = new PoolSpec(window, strides, low, high);
    Shape shape = Shape.of(x);
    Shape output = spec.outputShape(shape);
    Twin in = twins.input(dtype, imageLayout(shape), -1, 1);
    Layout order = denseImage(output);
    Twin y = twins.output(dtype, order);
    Twin places = twins.output(DType.INT64, random.nextBoolean() ? order : denseImage(output));
    twins.both((k, e) -> k.maxPool(spec, side(in, e), side(y, e), side(places, e)));
    twins.assertSame("maxPool " + spec, y, 0);
    twins.assertSame("argmax " + spec, places, 0);
    twins.both((k, e) -> k.avgPool(spec, side(in, e), side(y, e)));
    twins.assertSame("avgPool " + spec, y, tolerance(dtype, CLOSE));
    Twin back = twins.output(dtype, denseImage(shape));
    twins.both((k, e) -> k.avgPoolGrad(spec, side(y, e), side(back, e)));
    twins.assertSame("avgPoolGrad " + spec, back, tolerance(dtype, CLOSE));
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void randomNumbers(EngineChoice engine) {
    open(engine);
    for (int n : new int[] {0, 1, 2, 3, 4, 5, 17, 70001}) {
      twins.seed(n);
      Shape shape = Shape.of(n);
      Twin bits = twins.output(DType.INT32, Layout.contiguous(shape));
      Twin singles = twins.output(DType.FLOAT32, Layout.contiguous(shape));
      Twin doubles = twins.output(DType.FLOAT64, Layout.contiguous(shape));
      twins.both(
          (Backend k, Boolean e) -> {
            k.random(RandomOp.BITS, 0x123456789abcdefL, 3, side(bits, e));
            k.random(RandomOp.UNIFORM, 0x123456789abcdefL, 1L << 40, side(singles, e));
            k.random(RandomOp.UNIFORM, -5, 7, side(doubles, e));
          });
      twins.assertSame("bits", bits, 0);
      twins.assertSame("float32", singles, 0);
      twins.assertSame("float64", doubles, 0);
      twins.clear();
    }
  }
}
