package io.dendra.tensor;

import io.dendra.autograd.Autograd;
import io.dendra.autograd.Node;
import io.dendra.backend.Backends;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.ops.Elementwise;
import io.dendra.ops.Linalg;
import io.dendra.ops.OpException;
import io.dendra.ops.Reduce;
import io.dendra.ops.ShapeOps;
import java.util.Arrays;

/**
 * An n-dimensional array on a device, immutable but for {@link #assign}.
 *
 * <pre>{@code
 * Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
 * Tensor y = x.matmul(x.transpose()).add(1).relu();
 * float[] host = y.toNDArray().floats();
 * }</pre>
 *
 * <p>A handle shares its memory with views such as transposed and sliced tensors; the memory is
 * given back when the last of them is released, by its {@link TensorScope}, by {@link #close}, or
 * by the garbage collector. The methods here are the common ops; all of them are in {@code
 * io.dendra.ops}.
 */
public final class Tensor implements AutoCloseable {
  private static final Device META = new Device("meta", 0);

  private final Storage storage;
  private final Layout layout;
  private final DType dtype;
  private Node node;
  private int nodeOutput;
  private TensorScope scope;
  private Collection collection;
  private boolean closed;

  /** How a handle is released. */
  private enum Lifetime {
    /** With the current scope, or by the collector when there is none. */
    SCOPED,
    /** By an owner that closes it: a node, a parameter. */
    OWNED
  }

  private Tensor(
      Storage storage, Layout layout, DType dtype, Node node, int nodeOutput, Lifetime lifetime) {
    this.storage = storage;
    this.layout = layout;
    this.dtype = dtype;
    this.node = node;
    this.nodeOutput = nodeOutput;
    if (node != null) {
      node.retain();
    }
    if (lifetime == Lifetime.SCOPED && storage != null) {
      moveTo(TensorScope.current());
    }
  }

  // ---- creation

  /** A tensor with the array's values on the default device. */
  public static Tensor of(NDArray array) {
    return of(array, Backends.defaultDevice());
  }

  /** A tensor with the array's values on a device. */
  public static Tensor of(NDArray array, Device device) {
    return Values.load(empty(array.shape(), array.dtype(), device, "host"), array);
  }

  /** A float32 tensor; of one dimension when no shape is given. */
  public static Tensor of(float[] values, long... shape) {
    return of(NDArray.of(values, shape));
  }

  /** A float64 tensor; of one dimension when no shape is given. */
  public static Tensor of(double[] values, long... shape) {
    return of(NDArray.of(values, shape));
  }

  /** An int32 tensor; of one dimension when no shape is given. */
  public static Tensor of(int[] values, long... shape) {
    return of(NDArray.of(values, shape));
  }

  /** An int64 tensor; of one dimension when no shape is given. */
  public static Tensor of(long[] values, long... shape) {
    return of(NDArray.of(values, shape));
  }

  /** A boolean tensor; of one dimension when no shape is given. */
  public static Tensor of(boolean[] values, long... shape) {
    return of(NDArray.of(values, shape));
  }

  /** A single float32 number. */
  public static Tensor scalar(double value) {
    return full(Shape.scalar(), value, DType.FLOAT32, Backends.defaultDevice());
  }

  /** A float32 tensor of zeros. */
  public static Tensor zeros(long... shape) {
    return full(Shape.of(shape), 0, DType.FLOAT32, Backends.defaultDevice());
  }

  /** A float32 tensor of ones. */
  public static Tensor ones(long... shape) {
    return full(Shape.of(shape), 1, DType.FLOAT32, Backends.defaultDevice());
  }

  /** A tensor of one value on a device. */
  public static Tensor full(Shape shape, double value, DType dtype, Device device) {
    if (device.equals(META)) {
      return meta(shape, dtype);
    }
    return Values.fill(empty(shape, dtype, device, "full"), value);
  }

  /**
   * A tensor without memory or values: ops on it check their operands and give the shape and type
   * of the result, nothing else.
   */
  public static Tensor meta(Shape shape, DType dtype) {
    return new Tensor(null, Layout.contiguous(shape), dtype, null, 0, Lifetime.SCOPED);
  }

  private static Tensor empty(Shape shape, DType dtype, Device device, String op) {
    return allocate(Backends.open(device), dtype, Layout.contiguous(shape), op);
  }

  /** A tensor of undefined content, for the dispatcher; {@code op} names it in memory reports. */
  public static Tensor allocate(OpenDevice device, DType dtype, Layout layout, String op) {
    long bytes = Math.multiplyExact(layout.size(), (long) dtype.byteSize());
    Storage storage = new Storage(device, bytes, op, TensorScope.currentName());
    return new Tensor(storage, layout, dtype, null, 0, Lifetime.SCOPED);
  }

  // ---- what it is

  /** The lengths of its dimensions. */
  public Shape shape() {
    return layout.shape();
  }

  /** The number of its dimensions. */
  public int rank() {
    return layout.rank();
  }

  /** The length of a dimension; negative axes count from the end. */
  public long dim(int axis) {
    return layout.shape().dim(axis);
  }

  /** The number of its elements. */
  public long size() {
    return layout.size();
  }

  /** The type of its elements. */
  public DType dtype() {
    return dtype;
  }

  /** Shape and type. */
  public TensorSpec spec() {
    return new TensorSpec(layout.shape(), dtype);
  }

  /** Where its elements lie in memory. */
  public Layout layout() {
    return layout;
  }

  /** The device it lives on. */
  public Device device() {
    return storage == null ? META : storage.device().device();
  }

  /** Whether it has shape and type only. */
  public boolean isMeta() {
    return storage == null;
  }

  /** The device in use that it lives on. */
  public OpenDevice openDevice() {
    if (storage == null) {
      throw new IllegalStateException(
          "a symbolic tensor " + spec() + " has no values: it only stands for a shape and a type");
    }
    return storage.device();
  }

  /**
   * Its memory as kernels see it.
   *
   * @throws IllegalStateException when it has been closed
   */
  public View view() {
    if (closed) {
      throw new IllegalStateException(
          "a tensor "
              + spec()
              + " is used after it was closed: keep it with TensorScope.keep, or return it from"
              + " TensorScope.run");
    }
    if (storage == null) {
      openDevice();
    }
    return new View(storage.block().buffer(), dtype, layout);
  }

  // ---- values

  /**
   * Its values on the host.
   *
   * @throws OpException when an op met an index out of range, on devices that find it out only now
   */
  public NDArray toNDArray() {
    return Values.read(this);
  }

  /**
   * Its value, for a tensor of one element.
   *
   * @throws IllegalStateException when it has more or fewer
   */
  public double item() {
    if (size() != 1) {
      throw new IllegalStateException(
          "item() takes the value of a single number, this is " + spec());
    }
    return toNDArray().doubleAt(0);
  }

  /**
   * Overwrites its values in place with those of another tensor of its shape and type, on any
   * device; views of it see them too. Not recorded for gradients.
   */
  public void assign(Tensor source) {
    if (!source.shape().equals(shape()) || source.dtype() != dtype) {
      throw new IllegalArgumentException(
          "a tensor " + spec() + " cannot be assigned values " + source.spec());
    }
    Values.assign(this, source);
    written();
  }

  /** Notes that a kernel has overwritten its values in place. */
  public void written() {
    storage.written();
  }

  /** The number of times its memory has been overwritten in place. */
  public int version() {
    return storage == null ? 0 : storage.version();
  }

  /** The values on another device; itself when it is there already. */
  public Tensor to(Device target) {
    return ShapeOps.to(this, target);
  }

  // ---- gradients

  /** Asks for gradients by this tensor: ops on it are recorded from here on. */
  public Tensor requiresGrad() {
    if (node == null) {
      recordedBy(Autograd.leaf(this), 0);
    }
    return this;
  }

  /** Whether gradients can flow to it. */
  public boolean isTracked() {
    return node != null;
  }

  /** Its place in the gradient graph, null when it has none. */
  public Node node() {
    return node;
  }

  /** Which of its node's outputs it is. */
  public int nodeOutput() {
    return nodeOutput;
  }

  /** Puts it into the gradient graph, for the dispatcher. */
  public void recordedBy(Node by, int output) {
    node = by;
    nodeOutput = output;
    by.retain();
    if (collection != null) {
      collection.use(by);
    }
  }

  // ---- handles

  /** The same values outside the gradient graph. */
  public Tensor detach() {
    return handle(layout, null, 0, Lifetime.SCOPED);
  }

  /** The same values at another place of the gradient graph. */
  public Tensor alias(Node at, int output) {
    return handle(layout, at, output, Lifetime.SCOPED);
  }

  /** The same values at the same place of the gradient graph, belonging to the current scope. */
  public Tensor alias() {
    return handle(layout, node, nodeOutput, Lifetime.SCOPED);
  }

  /** The same memory read another way, outside the gradient graph. */
  public Tensor withLayout(Layout other) {
    return handle(other, null, 0, Lifetime.SCOPED);
  }

  /** The same values outside the gradient graph and all scopes: the caller has to close it. */
  public Tensor owned() {
    return handle(layout, null, 0, Lifetime.OWNED);
  }

  /** The same values outside all scopes: the caller has to close it. */
  public Tensor ownedWithGraph() {
    return handle(layout, node, nodeOutput, Lifetime.OWNED);
  }

  /** The same values outside the gradient graph, for one that keeps them beyond all scopes. */
  public Tensor retained() {
    Tensor result = owned();
    if (storage != null) {
      result.moveTo(null);
    }
    return result;
  }

  private Tensor handle(Layout other, Node at, int output, Lifetime lifetime) {
    if (storage != null) {
      view();
      storage.retain();
    }
    return new Tensor(storage, other, dtype, at, output, lifetime);
  }

  TensorScope scope() {
    return scope;
  }

  void moveTo(TensorScope target) {
    scope = target;
    if (target != null) {
      target.add(this);
    } else if (collection == null) {
      collection = Collection.of(this, storage, node);
    }
  }

  /** Whether it has been closed. */
  public boolean isClosed() {
    return closed;
  }

  /** Gives its memory back unless other handles or a gradient graph use it. */
  @Override
  public void close() {
    if (closed || storage == null) {
      return;
    }
    closed = true;
    if (collection != null) {
      collection.now();
      return;
    }
    storage.release();
    if (node != null) {
      node.release();
    }
  }

  // ---- common ops

  /** {@code this + other}, broadcast. */
  public Tensor add(Tensor other) {
    return Elementwise.binary(BinaryOp.ADD, this, other);
  }

  /** {@code this + value}. */
  public Tensor add(double value) {
    return Elementwise.binary(BinaryOp.ADD, this, value);
  }

  /** {@code this - other}, broadcast. */
  public Tensor sub(Tensor other) {
    return Elementwise.binary(BinaryOp.SUB, this, other);
  }

  /** {@code this - value}. */
  public Tensor sub(double value) {
    return Elementwise.binary(BinaryOp.SUB, this, value);
  }

  /** {@code this * other} element by element, broadcast. */
  public Tensor mul(Tensor other) {
    return Elementwise.binary(BinaryOp.MUL, this, other);
  }

  /** {@code this * value}. */
  public Tensor mul(double value) {
    return Elementwise.binary(BinaryOp.MUL, this, value);
  }

  /** {@code this / other} element by element, broadcast; integers give float32. */
  public Tensor div(Tensor other) {
    return Elementwise.div(this, other);
  }

  /** {@code this / value}; integers give float32. */
  public Tensor div(double value) {
    return Elementwise.div(this, value);
  }

  /** {@code this} to a power. */
  public Tensor pow(double exponent) {
    return Elementwise.binary(BinaryOp.POW, this, exponent);
  }

  /** {@code -this}. */
  public Tensor neg() {
    return Elementwise.unary(UnaryOp.NEG, this);
  }

  /** The absolute value. */
  public Tensor abs() {
    return Elementwise.unary(UnaryOp.ABS, this);
  }

  /** {@code this * this}. */
  public Tensor square() {
    return Elementwise.unary(UnaryOp.SQUARE, this);
  }

  /** The square root. */
  public Tensor sqrt() {
    return Elementwise.unary(UnaryOp.SQRT, this);
  }

  /** The exponential. */
  public Tensor exp() {
    return Elementwise.unary(UnaryOp.EXP, this);
  }

  /** The natural logarithm. */
  public Tensor log() {
    return Elementwise.unary(UnaryOp.LOG, this);
  }

  /** The hyperbolic tangent. */
  public Tensor tanh() {
    return Elementwise.unary(UnaryOp.TANH, this);
  }

  /** {@code 1 / (1 + exp(-this))}. */
  public Tensor sigmoid() {
    return Elementwise.unary(UnaryOp.SIGMOID, this);
  }

  /** {@code max(this, 0)}. */
  public Tensor relu() {
    return Elementwise.unary(UnaryOp.RELU, this);
  }

  /** Whether elements are equal, as booleans. */
  public Tensor eq(Tensor other) {
    return Elementwise.compare(CompareOp.EQ, this, other);
  }

  /** Whether elements are less, as booleans. */
  public Tensor lt(Tensor other) {
    return Elementwise.compare(CompareOp.LT, this, other);
  }

  /** Whether elements are greater, as booleans. */
  public Tensor gt(Tensor other) {
    return Elementwise.compare(CompareOp.GT, this, other);
  }

  /** The values as another type. */
  public Tensor cast(DType target) {
    return Elementwise.cast(this, target);
  }

  /** The sum along axes, or of all elements when none is given. */
  public Tensor sum(int... axes) {
    return Reduce.reduce(ReduceOp.SUM, this, axes, false);
  }

  /** The mean along axes, or of all elements when none is given. */
  public Tensor mean(int... axes) {
    return Reduce.mean(this, axes, false);
  }

  /** The greatest element along axes, or of all when none is given. */
  public Tensor max(int... axes) {
    return Reduce.reduce(ReduceOp.MAX, this, axes, false);
  }

  /** The least element along axes, or of all when none is given. */
  public Tensor min(int... axes) {
    return Reduce.reduce(ReduceOp.MIN, this, axes, false);
  }

  /** The place of the greatest element along an axis, as int64. */
  public Tensor argMax(int axis) {
    return Reduce.argMax(this, axis);
  }

  /** The matrix product, batched over leading dimensions, which broadcast. */
  public Tensor matmul(Tensor other) {
    return Linalg.matmul(this, other);
  }

  /** The same elements under another shape; one length may be -1 and is worked out. */
  public Tensor reshape(long... dims) {
    return ShapeOps.reshape(this, dims);
  }

  /** The dimensions in the given order. */
  public Tensor permute(int... axes) {
    return ShapeOps.permute(this, axes);
  }

  /** The last two dimensions swapped. */
  public Tensor transpose() {
    return ShapeOps.transpose(this, -2, -1);
  }

  /**
   * The elements from one place to before another along an axis; negative places count from the
   * end.
   */
  public Tensor slice(int axis, long from, long to) {
    return ShapeOps.slice(this, axis, from, to);
  }

  /** The element of one place along an axis, which goes away. */
  public Tensor select(int axis, long place) {
    return ShapeOps.select(this, axis, place);
  }

  /** A dimension of length 1 put in before the given one. */
  public Tensor expandDims(int axis) {
    return ShapeOps.expandDims(this, axis);
  }

  /** A dimension of length 1 taken away. */
  public Tensor squeeze(int axis) {
    return ShapeOps.squeeze(this, axis);
  }

  /** The elements repeated over a larger shape, by broadcasting. */
  public Tensor broadcastTo(Shape target) {
    return ShapeOps.broadcastTo(this, target);
  }

  /** Itself if its elements lie in row-major order, else a copy that does. */
  public Tensor contiguous() {
    return ShapeOps.contiguous(this);
  }

  /** Type, shape, device, and the values if they are few. */
  @Override
  public String toString() {
    String what = spec() + " on " + device() + (closed ? ", closed" : "");
    boolean shown = storage != null && !closed && size() <= 16;
    return shown ? what + " " + Arrays.toString(toNDArray().doubles()) : what;
  }
}
