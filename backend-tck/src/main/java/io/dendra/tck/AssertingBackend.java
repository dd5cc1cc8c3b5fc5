package io.dendra.tck;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.Buffer;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.CompareOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.ReplayVariables;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A backend that checks how it is used and what its kernels do, and leaves the work to another.
 *
 * <p>Callers: operands are live memory of this backend, layouts stay inside their buffers, types
 * and shapes are those that the method asks for, outputs are dense and apart from inputs. Kernels:
 * outputs hold NaN beforehand, and no byte is written that belongs to no output. What is wrong is
 * an {@link AssertionError} that names the call.
 */
public final class AssertingBackend implements Backend {
  private final Backend delegate;
  private final AtomicLong liveBuffers = new AtomicLong();
  private volatile boolean closed;
  private volatile boolean recording;

  /** Around a backend. */
  public AssertingBackend(Backend delegate) {
    this.delegate = delegate;
  }

  Backend delegate() {
    return delegate;
  }

  /** Whether work is recorded, which has no result to be looked at. */
  boolean isRecording() {
    return recording;
  }

  /** The number of buffers that have not been freed. */
  public long liveBuffers() {
    return liveBuffers.get();
  }

  private Operands call(Object call) {
    require(!closed, call, "the backend is closed");
    return new Operands(this, call.toString());
  }

  private static void require(boolean condition, Object call, String what) {
    if (!condition) {
      throw new AssertionError(call + ": " + what);
    }
  }

  private static void sameType(Object call, View... views) {
    for (View view : views) {
      require(view.dtype() == views[0].dtype(), call, "types differ: " + Arrays.asList(views));
    }
  }

  private static void sameShape(Object call, View... views) {
    for (View view : views) {
      require(
          view.shape().equals(views[0].shape()), call, "shapes differ: " + Arrays.asList(views));
    }
  }

  private static void floating(Object call, View view) {
    require(view.dtype().isFloating(), call, "takes floats, given " + view.dtype());
  }

  @Override
  public Device device() {
    return delegate.device();
  }

  @Override
  public Buffer allocate(long bytes) {
    require(bytes >= 1, "allocate", "of " + bytes + " bytes");
    Buffer buffer = delegate.allocate(bytes);
    if (buffer == null) {
      return null;
    }
    require(buffer.byteSize() >= bytes, "allocate", "gave less than asked for");
    liveBuffers.incrementAndGet();
    return new AssertingBuffer(this, buffer);
  }

  @Override
  public void free(Buffer buffer) {
    AssertingBuffer own = (AssertingBuffer) buffer;
    require(own.owner() == this, "free", "of memory of another backend");
    own.free();
    liveBuffers.decrementAndGet();
    delegate.free(own.delegate());
  }

  @Override
  public void fill(View out, double value) {
    Operands call = call("fill");
    View to = call.gappyOut(out);
    call.run(() -> delegate.fill(to, value));
  }

  @Override
  public void fromHost(Object array, int start, View out) {
    require(out.layout().isContiguous(), "fromHost", "into " + out.layout());
    Operands call = call("fromHost");
    View to = call.out(out);
    call.run(() -> delegate.fromHost(array, start, to));
  }

  @Override
  public void toHost(View in, Object array, int start) {
    require(in.layout().isContiguous(), "toHost", "from " + in.layout());
    Operands call = call("toHost");
    View from = call.in(in);
    call.run(() -> delegate.toHost(from, array, start));
  }

  @Override
  public void copy(View in, View out) {
    sameType("copy", in, out);
    sameShape("copy", in, out);
    Operands call = call("copy");
    View from = call.in(in);
    View to = call.gappyOut(out);
    call.run(() -> delegate.copy(from, to));
  }

  @Override
  public void copyFrom(Backend source, View in, View out) {
    sameType("copyFrom", in, out);
    require(
        in.layout().isDense() && in.layout().sameOrder(out.layout()),
        "copyFrom",
        "from " + in.layout() + " to " + out.layout());
    require(source != this, "copyFrom", "on one device, " + device());
    Operands call = call("copyFrom");
    if (source instanceof AssertingBackend other) {
      View from = other.call("copyFrom").in(in);
      View to = call.out(out);
      call.run(() -> delegate.copyFrom(other.delegate, from, to));
    } else {
      View to = call.out(out);
      call.run(() -> delegate.copyFrom(source, in, to));
    }
  }

  @Override
  public void synchronize() {
    delegate.synchronize();
  }

  @Override
  public CapturedWork capture(ReplayVariables variables, Runnable body) {
    return delegate.capture(
        variables,
        () -> {
          recording = true;
          try {
            body.run();
          } finally {
            recording = false;
          }
        });
  }

  @Override
  public void unary(UnaryOp op, View x, View out) {
    sameType(op, x, out);
    sameShape(op, x, out);
    boolean integers = x.dtype().isInteger() && op.takesIntegers();
    require(x.dtype().isFloating() || integers, op, "does not take " + x.dtype());
    Operands call = call(op);
    View from = call.in(x);
    View to = call.out(out);
    call.run(() -> delegate.unary(op, from, to));
  }

  @Override
  public void binary(BinaryOp op, View a, View b, View out) {
    sameType(op, a, b, out);
    sameShape(op, a, b, out);
    takes(op, a.dtype());
    Operands call = call(op);
    View first = call.in(a);
    View second = call.in(b);
    View to = call.out(out);
    call.run(() -> delegate.binary(op, first, second, to));
  }

  private static void takes(BinaryOp op, DType dtype) {
    boolean fits =
        op.isLogical()
            ? dtype == DType.BOOL
            : dtype.isFloating() || (dtype.isInteger() && op.takesIntegers());
    require(fits, op, "does not take " + dtype);
  }

  @Override
  public void binaryScalar(BinaryOp op, View a, double scalar, boolean scalarFirst, View out) {
    sameType(op, a, out);
    sameShape(op, a, out);
    takes(op, a.dtype());
    Operands call = call(op + " with a number");
    View from = call.in(a);
    View to = call.out(out);
    call.run(() -> delegate.binaryScalar(op, from, scalar, scalarFirst, to));
  }

  @Override
  public void compare(CompareOp op, View a, View b, View out) {
    sameType(op, a, b);
    sameShape(op, a, b, out);
    require(out.dtype() == DType.BOOL, op, "gives booleans");
    Operands call = call(op);
    View first = call.in(a);
    View second = call.in(b);
    View to = call.out(out);
    call.run(() -> delegate.compare(op, first, second, to));
  }

  @Override
  public void where(View condition, View a, View b, View out) {
    sameType("where", a, b, out);
    sameShape("where", condition, a, b, out);
    require(condition.dtype() == DType.BOOL, "where", "takes a boolean condition");
    Operands call = call("where");
    View chosen = call.in(condition);
    View first = call.in(a);
    View second = call.in(b);
    View to = call.out(out);
    call.run(() -> delegate.where(chosen, first, second, to));
  }

  @Override
  public void cast(View in, View out) {
    sameShape("cast", in, out);
    Operands call = call("cast");
    View from = call.in(in);
    View to = call.out(out);
    call.run(() -> delegate.cast(from, to));
  }

  @Override
  public void reduce(ReduceOp op, View in, int[] axes, View out) {
    sameType(op, in, out);
    Shape shape = in.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    require(shape.equals(out.shape()), op, in.layout() + " to " + out.layout());
    require(op.isLogical() == (in.dtype() == DType.BOOL), op, "does not take " + in.dtype());
    Operands call = call(op);
    View from = call.in(in);
    View to = call.out(out);
    call.run(() -> delegate.reduce(op, from, axes, to));
  }

  @Override
  public void argReduce(ArgReduceOp op, View in, int axis, View out) {
    require(in.shape().with(axis, 1).equals(out.shape()), op, "shapes do not fit");
    require(out.dtype() == DType.INT64, op, "gives int64");
    Operands call = call(op);
    View from = call.in(in);
    View to = call.out(out);
    call.run(() -> delegate.argReduce(op, from, axis, to));
  }

  @Override
  public void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out) {
    sameType("cumulativeSum", in, out);
    sameShape("cumulativeSum", in, out);
    Operands call = call("cumulativeSum");
    View from = call.in(in);
    View to = call.out(out);
    call.run(() -> delegate.cumulativeSum(from, axis, exclusive, reverse, to));
  }

  @Override
  public void topK(View in, int axis, boolean largest, View values, View indices) {
    sameType("topK", in, values);
    sameShape("topK", values, indices);
    require(indices.dtype() == DType.INT64, "topK", "gives int64");
    Operands call = call("topK");
    View from = call.in(in);
    View to = call.out(values);
    View places = call.out(indices);
    call.run(() -> delegate.topK(from, axis, largest, to, places));
  }

  @Override
  public void matmul(View a, View b, View out) {
    sameType("matmul", a, b, out);
    int rank = out.shape().rank();
    Shape product = a.shape().with(rank - 1, b.shape().dim(rank - 1));
    require(product.equals(out.shape()), "matmul", a.layout() + " by " + b.layout());
    Operands call = call("matmul");
    View first = call.in(a);
    View second = call.in(b);
    View to = call.out(out);
    call.run(() -> delegate.matmul(first, second, to));
  }

  @Override
  public void gather(View in, View indices, int axis, View out) {
    sameType("gather", in, out);
    indexing("gather", indices);
    Operands call = call("gather");
    View from = call.in(in);
    View places = call.in(indices);
    View to = call.out(out);
    call.run(() -> delegate.gather(from, places, axis, to));
  }

  @Override
  public void checkLabels(View labels, long classes) {
    indexing("checkLabels", labels);
    require(labels.layout().isContiguous(), "checkLabels", "of " + labels.layout());
    Operands call = call("checkLabels");
    View numbers = call.in(labels);
    call.run(() -> delegate.checkLabels(numbers, classes));
  }

  private static void indexing(String call, View indices) {
    require(indices.dtype() == DType.INT64, call, "indices are int64, given " + indices.dtype());
  }

  @Override
  public void scatterAdd(View indices, View updates, int axis, View out) {
    sameType("scatterAdd", updates, out);
    indexing("scatterAdd", indices);
    Operands call = call("scatterAdd");
    View places = call.in(indices);
    View from = call.in(updates);
    View to = call.out(out);
    call.run(() -> delegate.scatterAdd(places, from, axis, to));
  }

  @Override
  public void takeAlong(View in, View indices, int axis, View out) {
    sameType("takeAlong", in, out);
    sameShape("takeAlong", indices, out);
    indexing("takeAlong", indices);
    Operands call = call("takeAlong");
    View from = call.in(in);
    View places = call.in(indices);
    View to = call.out(out);
    call.run(() -> delegate.takeAlong(from, places, axis, to));
  }

  @Override
  public void putAlongAdd(View indices, View updates, int axis, View out) {
    sameType("putAlongAdd", updates, out);
    sameShape("putAlongAdd", indices, updates);
    indexing("putAlongAdd", indices);
    Operands call = call("putAlongAdd");
    View places = call.in(indices);
    View from = call.in(updates);
    View to = call.out(out);
    call.run(() -> delegate.putAlongAdd(places, from, axis, to));
  }

  @Override
  public void conv(ConvSpec spec, View x, View w, View out) {
    convolution("conv", spec, x, w, out);
    Operands call = call("conv " + spec);
    View from = call.in(x);
    View filter = call.in(w);
    View to = call.out(out);
    call.run(() -> delegate.conv(spec, from, filter, to));
  }

  private static void convolution(String call, ConvSpec spec, View x, View w, View y) {
    sameType(call, x, w, y);
    floating(call, x);
    require(
        spec.outputShape(x.shape(), w.shape()).equals(y.shape()),
        call,
        x.layout() + " and " + w.layout() + " to " + y.layout());
  }

  @Override
  public void convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    convolution("convInputGrad", spec, out, w, gradOut);
    Operands call = call("convInputGrad " + spec);
    View from = call.in(gradOut);
    View filter = call.in(w);
    View to = call.out(out);
    call.run(() -> delegate.convInputGrad(spec, from, filter, to));
  }

  @Override
  public void convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    convolution("convFilterGrad", spec, x, out, gradOut);
    Operands call = call("convFilterGrad " + spec);
    View from = call.in(x);
    View gradient = call.in(gradOut);
    View to = call.out(out);
    call.run(() -> delegate.convFilterGrad(spec, from, gradient, to));
  }

  private static void pooling(String call, PoolSpec spec, View x, View y) {
    sameType(call, x, y);
    floating(call, x);
    require(spec.outputShape(x.shape()).equals(y.shape()), call, x.layout() + " to " + y.layout());
  }

  @Override
  public void maxPool(PoolSpec spec, View x, View out, View argmax) {
    pooling("maxPool", spec, x, out);
    sameShape("maxPool", out, argmax);
    require(argmax.dtype() == DType.INT64, "maxPool", "places are int64");
    Operands call = call("maxPool " + spec);
    View from = call.in(x);
    View to = call.out(out);
    View places = call.out(argmax);
    call.run(() -> delegate.maxPool(spec, from, to, places));
  }

  @Override
  public void avgPool(PoolSpec spec, View x, View out) {
    pooling("avgPool", spec, x, out);
    Operands call = call("avgPool " + spec);
    View from = call.in(x);
    View to = call.out(out);
    call.run(() -> delegate.avgPool(spec, from, to));
  }

  @Override
  public void avgPoolGrad(PoolSpec spec, View gradOut, View out) {
    pooling("avgPoolGrad", spec, out, gradOut);
    Operands call = call("avgPoolGrad " + spec);
    View from = call.in(gradOut);
    View to = call.out(out);
    call.run(() -> delegate.avgPoolGrad(spec, from, to));
  }

  @Override
  public void random(RandomOp op, long key, long counter, View out) {
    require(out.layout().isContiguous(), op, "into " + out.layout());
    Operands call = call(op);
    View to = call.out(out);
    call.run(() -> delegate.random(op, key, counter, to));
  }

  /** Operands as they are while work is recorded: kernels are chosen by types and layouts. */
  static View[] unplaced(View[] views) {
    View[] result = new View[views.length];
    Arrays.setAll(result, i -> new View(new Unplaced(), views[i].dtype(), views[i].layout()));
    return result;
  }

  /** A buffer without memory. */
  private static final class Unplaced implements Buffer {
    @Override
    public long byteSize() {
      return 0;
    }
  }

  @Override
  public FusedKernel fused(FusedOp op, View[] inputs) {
    FusedKernel kernel = delegate.fused(op, unplaced(inputs));
    return kernel == null ? null : new AssertingKernel(this, op, kernel);
  }

  @Override
  public void close() {
    require(!closed, "close", "a second time");
    closed = true;
    delegate.close();
  }
}
