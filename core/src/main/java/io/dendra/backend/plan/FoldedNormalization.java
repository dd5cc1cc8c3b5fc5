package io.dendra.backend.plan;

import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.Buffer;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts a factor and a summand per channel, such as batch normalisation by its moving averages, and
 * the activation behind them into the weights and the epilogue of the convolution or product
 * before: {@code act(scale (x * w) + shift) = act(x * (scale w) + shift)} (B. Jacob et al., 2018).
 * The results are those of the single steps but for rounding, so it is for predictions only.
 */
final class FoldedNormalization {
  private final Backend backend;
  private final List<Call> calls;
  private final Dataflow flow;
  private final Set<Integer> replaced = new HashSet<>();

  private FoldedNormalization(Backend backend, List<Call> calls, Set<Buffer> results) {
    this.backend = backend;
    this.calls = calls;
    this.flow = new Dataflow(calls, results);
  }

  static List<Call> folded(Backend backend, List<Call> calls, Set<Buffer> results) {
    return new FoldedNormalization(backend, calls, results).rewritten();
  }

  /** What multiplies: the weights, the axis of its outputs in them, a bias or null. */
  private record Product(View x, View weights, int axis, View bias, FusedOp.ConvBias conv) {
    FusedOp ending(Epilogue epilogue) {
      return conv == null
          ? new FusedOp.Linear(epilogue)
          : new FusedOp.ConvBias(conv.spec(), epilogue);
    }
  }

  private List<Call> rewritten() {
    List<List<Call>> inPlaceOf = new ArrayList<>();
    calls.forEach(call -> inPlaceOf.add(List.of(call)));
    for (int i = 0; i < calls.size(); i++) {
      fold(i, inPlaceOf);
    }
    List<Call> result = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      if (!replaced.contains(i)) {
        result.addAll(inPlaceOf.get(i));
      }
    }
    return result;
  }

  private void fold(int at, List<List<Call>> inPlaceOf) {
    Product product = product(calls.get(at));
    if (product == null) {
      return;
    }
    View y = calls.get(at).writes()[0];
    int scaling = next(at, y, BinaryOp.MUL);
    View scale = scaling < 0 ? null : perChannel(calls.get(scaling), y);
    if (scale == null) {
      return;
    }
    View scaled = calls.get(scaling).writes()[0];
    int shifting = next(scaling, scaled, BinaryOp.ADD);
    View shift = shifting < 0 ? null : perChannel(calls.get(shifting), scaled);
    if (shift == null) {
      return;
    }
    int last = shifting;
    View out = calls.get(shifting).writes()[0];
    Epilogue epilogue = Epilogue.NONE;
    int activating = reader(out);
    if (activating >= 0
        && calls.get(activating).operation() instanceof Operation.Unary unary
        && epilogue(unary.op()) != Epilogue.NONE
        && sameMemory(calls.get(activating), out)) {
      epilogue = epilogue(unary.op());
      last = activating;
      out = calls.get(activating).writes()[0].with(out.layout());
    }
    List<Call> folded = folded(product, scale, shift, epilogue, out);
    if (folded != null && out.layout().equals(y.layout())) {
      replaced.add(at);
      replaced.add(scaling);
      replaced.add(shifting);
      replaced.remove(last);
      inPlaceOf.set(last, folded);
    }
  }

  private static Product product(Call call) {
    View[] in = call.reads();
    if (call.operation() instanceof Operation.Conv conv) {
      return new Product(in[0], in[1], 0, null, new FusedOp.ConvBias(conv.spec(), Epilogue.NONE));
    }
    if (call.operation() instanceof Operation.Forward forward && call.writes().length == 1) {
      if (forward.op() instanceof FusedOp.ConvBias conv && conv.epilogue() == Epilogue.NONE) {
        return new Product(in[0], in[1], 0, in[2], conv);
      }
      if (forward.op() instanceof FusedOp.Linear linear && linear.epilogue() == Epilogue.NONE) {
        return new Product(in[0], in[1], 1, in[2], null);
      }
    }
    return null;
  }

  /** The one call that reads a value nobody else wants, or -1. */
  private int reader(View value) {
    Dataflow.Use use = flow.of(value);
    return flow.isTemporary(value) && use.writers.size() == 1 && use.readers.size() == 1
        ? use.readers.get(0)
        : -1;
  }

  private boolean readsAs(int call, View value) {
    for (View read : calls.get(call).reads()) {
      if (read.buffer() == value.buffer() && !read.layout().equals(value.layout())) {
        return false;
      }
    }
    return true;
  }

  /** Whether a call writes each element where it read it, if under another order of dimensions. */
  private static boolean sameMemory(Call call, View value) {
    Layout read = call.reads()[0].layout();
    return read.equals(call.writes()[0].layout())
        && read.offset() == value.layout().offset()
        && read.size() == value.layout().size()
        && value.layout().isDense()
        && read.isDense();
  }

  private int next(int at, View value, BinaryOp op) {
    int reader = reader(value);
    return reader > at
            && calls.get(reader).operation() instanceof Operation.Binary binary
            && binary.op() == op
            && readsAs(reader, value)
        ? reader
        : -1;
  }

  /** The other operand as a vector along axis 1, or null where it is none. */
  private static View perChannel(Call call, View value) {
    View[] in = call.reads();
    View other = in[0].buffer() == value.buffer() ? in[1] : in[0];
    if (other.buffer() == value.buffer() || other.dtype() != value.dtype()) {
      return null;
    }
    Layout layout = other.layout();
    for (int axis = 0; axis < layout.rank(); axis++) {
      if (axis != 1 && layout.stride(axis) != 0 && layout.shape().dim(axis) > 1) {
        return null;
      }
    }
    return other.with(
        Layout.of(Shape.of(layout.shape().dim(1)), new long[] {layout.stride(1)}, layout.offset()));
  }

  private static Epilogue epilogue(UnaryOp op) {
    return op == UnaryOp.RELU
        ? Epilogue.RELU
        : op == UnaryOp.TANH
            ? Epilogue.TANH
            : op == UnaryOp.SIGMOID ? Epilogue.SIGMOID : Epilogue.NONE;
  }

  /** The calls that compute new weights and a bias, and the product with them. */
  private List<Call> folded(Product product, View scale, View shift, Epilogue epilogue, View out) {
    List<Call> made = new ArrayList<>();
    View weights = product.weights();
    View factors = along(scale, product.axis(), weights.shape());
    View scaled = fresh(weights, Layout.inOrderOf(weights.layout(), weights.shape()));
    made.add(binary(BinaryOp.MUL, weights, factors, scaled));
    Layout vector = Layout.contiguous(scale.shape());
    View bias = fresh(scale, vector);
    if (product.bias() == null) {
      made.add(
          new Call(
              new Operation.Other("copy", (k, in, to) -> k.copy(in[0], to[0])),
              new View[] {shift},
              new View[] {bias}));
    } else {
      View scaledBias = fresh(scale, vector);
      made.add(binary(BinaryOp.MUL, product.bias(), scale, scaledBias));
      made.add(binary(BinaryOp.ADD, scaledBias, shift, bias));
    }
    View[] operands = {product.x(), scaled, bias};
    FusedOp op = product.ending(epilogue);
    FusedKernel kernel = backend.fused(op, operands);
    if (kernel == null) {
      return null;
    }
    made.add(new Call(new Operation.Forward(op, kernel, false), operands, new View[] {out}));
    return made;
  }

  private static View along(View vector, int axis, Shape shape) {
    long[] strides = new long[shape.rank()];
    strides[axis] = vector.layout().stride(0);
    return vector.with(Layout.of(shape, strides, vector.layout().offset()));
  }

  private static View fresh(View like, Layout layout) {
    long bytes = Math.multiplyExact(layout.size(), (long) like.dtype().byteSize());
    return new View(new PlannedBuffer(bytes), like.dtype(), layout);
  }

  private static Call binary(BinaryOp op, View a, View b, View out) {
    return new Call(new Operation.Binary(op), new View[] {a, b}, new View[] {out});
  }
}
