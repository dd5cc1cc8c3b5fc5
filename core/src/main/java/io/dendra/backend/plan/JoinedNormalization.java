package io.dendra.backend.plan;

import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.Buffer;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes one call of batch normalisation in training and the relu behind it, with a residual sum
 * between them or without, and likewise of their gradients, where the backend has a kernel for it:
 * what lies between them is neither written nor read.
 *
 * <p>The joined call takes the place of the normalisation, its gradient that of relu's.
 */
final class JoinedNormalization {
  private final Backend backend;
  private final List<Call> calls;
  private final Dataflow flow;

  /** The calls that are made instead; null for one that is left out. */
  private final Map<Integer, Call> instead = new HashMap<>();

  private JoinedNormalization(Backend backend, List<Call> calls, Set<Buffer> results) {
    this.backend = backend;
    this.calls = calls;
    this.flow = new Dataflow(calls, results);
  }

  static List<Call> joined(Backend backend, List<Call> calls, Set<Buffer> results) {
    JoinedNormalization search = new JoinedNormalization(backend, calls, results);
    for (int i = 0; i < calls.size(); i++) {
      search.join(i);
    }
    if (search.instead.isEmpty()) {
      return calls;
    }
    List<Call> made = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      Call call = search.instead.containsKey(i) ? search.instead.get(i) : calls.get(i);
      if (call != null) {
        made.add(call);
      }
    }
    return made;
  }

  /** Relu behind a normalisation: its call, that of the sum before it or -1, and the other term. */
  private record Ending(int relu, int sum, View residual) {}

  private void join(int at) {
    Call norm = calls.get(at);
    if (!(norm.operation() instanceof Operation.Forward forward)
        || !(forward.op() instanceof FusedOp.BatchNorm op)
        || norm.reads()[0].dtype() != DType.FLOAT32) {
      return;
    }
    View y = norm.writes()[0];
    int gradient = gradientOf(norm);
    Ending ending = ending(at, y, gradient);
    if (ending == null) {
      return;
    }
    View[] in = norm.reads();
    if (ending.residual() != null) {
      in = Arrays.copyOf(in, in.length + 1);
      in[in.length - 1] = ending.residual();
    }
    FusedOp joined = new FusedOp.BatchNormRelu(op.epsilon(), ending.residual() != null);
    FusedKernel kernel = backend.fused(joined, in);
    if (kernel == null || (gradient >= 0 && !kernel.hasBackward())) {
      return;
    }
    List<View> out = new ArrayList<>(Arrays.asList(norm.writes()));
    out.set(0, new View(calls.get(ending.relu()).writes()[0].buffer(), y.dtype(), y.layout()));
    if (gradient >= 0) {
      for (TensorSpec saved : kernel.saved(in)) {
        Layout layout = Layout.contiguous(saved.shape());
        long bytes = layout.size() * saved.dtype().byteSize();
        out.add(new View(new PlannedBuffer(bytes), saved.dtype(), layout));
      }
      if (!joinGradients(gradient, ending, joined, kernel, in, out)) {
        return;
      }
    }
    instead.put(
        at, new Call(new Operation.Forward(joined, kernel, false), in, out.toArray(new View[0])));
    instead.put(ending.relu(), null);
    if (ending.sum() >= 0) {
      instead.put(ending.sum(), null);
    }
  }

  /** The call for the gradients of a normalisation, or -1. */
  private int gradientOf(Call norm) {
    for (int reader : flow.of(norm.writes()[0]).readers) {
      Call call = calls.get(reader);
      if (call.operation() instanceof Operation.Backward backward
          && backward.op() instanceof FusedOp.BatchNorm
          && call.reads()[backward.inputs()].buffer() == norm.writes()[0].buffer()) {
        return reader;
      }
    }
    return -1;
  }

  /** What follows a normalisation if nobody else, but its gradient, reads what it gives. */
  private Ending ending(int at, View y, int gradient) {
    int next = onlyReader(at, y, gradient);
    if (next < 0) {
      return null;
    }
    Call call = calls.get(next);
    if (isRelu(call)) {
      return isInPlaceOf(call.reads()[0], y) && isWhole(call) ? new Ending(next, -1, null) : null;
    }
    if (!(call.operation() instanceof Operation.Binary binary) || binary.op() != BinaryOp.ADD) {
      return null;
    }
    View sum = call.writes()[0];
    boolean first = call.reads()[0].buffer() == y.buffer();
    View residual = call.reads()[first ? 1 : 0];
    int last = onlyReader(next, sum, -1);
    boolean fits =
        last >= 0
            && isRelu(calls.get(last))
            && isInPlaceOf(call.reads()[first ? 0 : 1], y)
            && call.reads()[first ? 0 : 1].layout().equals(sum.layout())
            && residual.buffer() != y.buffer()
            && residual.dtype() == y.dtype()
            && residual.layout().equals(sum.layout())
            && isWhole(call)
            && calls.get(last).reads()[0].layout().equals(sum.layout())
            && isWhole(calls.get(last));
    if (!fits) {
      return null;
    }
    for (int writer : flow.of(residual).writers) {
      if (writer >= at) {
        return null;
      }
    }
    return new Ending(last, next, residual.with(y.layout()));
  }

  /** The one call but for a gradient that reads a value of the plan, or -1. */
  private int onlyReader(int at, View value, int gradient) {
    Dataflow.Use use = flow.of(value);
    if (!flow.isTemporary(value) || use.writers.size() != 1) {
      return -1;
    }
    int only = -1;
    for (int reader : use.readers) {
      if (reader != gradient) {
        if (only >= 0) {
          return -1;
        }
        only = reader;
      }
    }
    return only > at ? only : -1;
  }

  private static boolean isRelu(Call call) {
    return call.operation() instanceof Operation.Unary unary && unary.op() == UnaryOp.RELU;
  }

  /** Whether a view covers the memory of another one, if under another order of dimensions. */
  private static boolean isInPlaceOf(View read, View value) {
    return read.layout().isDense()
        && value.layout().isDense()
        && read.layout().offset() == value.layout().offset()
        && read.layout().size() == value.layout().size();
  }

  /** Whether a call writes each element where it read it, to memory that nobody else writes. */
  private boolean isWhole(Call call) {
    View out = call.writes()[0];
    return isPlannedOnce(out)
        && out.dtype() == call.reads()[0].dtype()
        && out.layout().equals(call.reads()[0].layout());
  }

  private boolean isPlannedOnce(View view) {
    return view.buffer() instanceof PlannedBuffer && flow.of(view).writers.size() == 1;
  }

  private boolean joinGradients(
      int at, Ending ending, FusedOp joined, FusedKernel kernel, View[] in, List<View> out) {
    Call call = calls.get(at);
    Operation.Backward of = (Operation.Backward) call.operation();
    if (!of.given().get(0) || of.varies()) {
      return false;
    }
    int place = of.inputs() + of.outputs();
    View g = call.reads()[place];
    int gate = flow.isTemporary(g) && isPlannedOnce(g) ? flow.of(g).writers.get(0) : -1;
    Call slope = gate < 0 ? null : calls.get(gate);
    View z = calls.get(ending.relu()).writes()[0];
    if (slope == null
        || !(slope.operation() instanceof Operation.Forward forward)
        || !(forward.op() instanceof FusedOp.ReluGrad)
        || slope.reads()[0].buffer() != z.buffer()
        || !slope.reads()[0].layout().equals(z.layout())
        || !slope.writes()[0].layout().equals(z.layout())
        || !g.layout().equals(out.get(0).layout())
        || (ending.residual() == null && flow.of(g).readers.size() > 1)) {
      return false;
    }
    View given = reordered(slope.reads()[1], z.layout(), g.layout());
    if (given == null || !mayMove(call, at, gate)) {
      return false;
    }
    List<View> reads = new ArrayList<>(Arrays.asList(in));
    reads.addAll(out);
    reads.add(given);
    reads.addAll(Arrays.asList(call.reads()).subList(place + 1, call.reads().length));
    List<View> writes = new ArrayList<>(Arrays.asList(call.writes()));
    BitSet wanted = (BitSet) of.wanted().clone();
    if (flow.of(g).readers.size() > 1) {
      wanted.set(in.length - 1);
      writes.add(g);
    }
    instead.put(
        gate,
        new Call(
            new Operation.Backward(
                joined, kernel, false, in.length, out.size(), of.gradOutputs(), of.given(), wanted),
            reads.toArray(new View[0]),
            writes.toArray(new View[0])));
    instead.put(at, null);
    return true;
  }

  /** A view in the order of dimensions that takes one layout into the other; null if unknown. */
  private static View reordered(View view, Layout from, Layout to) {
    int rank = from.rank();
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1);
    if (from.equals(to)) {
      return view;
    }
    return to.rank() == rank && from.permute(order).equals(to)
        ? view.with(view.layout().permute(order))
        : null;
  }

  /** Whether a call may be made earlier: nobody has touched meanwhile what it reads or writes. */
  private boolean mayMove(Call call, int from, int to) {
    for (View read : call.reads()) {
      for (int writer : flow.of(read).writers) {
        if (writer > to && writer < from) {
          return false;
        }
      }
    }
    for (View write : call.writes()) {
      if (!isPlannedOnce(write) || flow.of(write).first() < from) {
        return false;
      }
    }
    return true;
  }
}
