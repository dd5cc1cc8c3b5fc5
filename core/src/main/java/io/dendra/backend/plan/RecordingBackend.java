package io.dendra.backend.plan;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.Buffer;
import io.dendra.backend.CaptureException;
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
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/** Notes the calls that a backend would have got. */
final class RecordingBackend implements Backend {
  private static final View[] NONE = {};

  private final Backend backend;
  private final ReplayVariables numbers;
  private final List<Call> calls = new ArrayList<>();

  RecordingBackend(Backend backend, ReplayVariables numbers) {
    this.backend = backend;
    this.numbers = numbers;
  }

  List<Call> calls() {
    return calls;
  }

  void note(Operation operation, View[] reads, View[] writes) {
    calls.add(new Call(operation, reads.clone(), writes.clone()));
  }

  private void note(String name, Operation.Other.Body body, View[] reads, View... writes) {
    note(new Operation.Other(name, body), reads, writes);
  }

  private static View[] reads(View... views) {
    return views;
  }

  @Override
  public Device device() {
    return backend.device();
  }

  @Override
  public Buffer allocate(long bytes) {
    throw new UnsupportedOperationException("recorded work gets its memory from the plan");
  }

  @Override
  public void free(Buffer buffer) {
    throw new UnsupportedOperationException("recorded work gets its memory from the plan");
  }

  @Override
  public void fill(View out, double value) {
    note("fill", (b, in, to) -> b.fill(to[0], value), NONE, out);
  }

  @Override
  public void fromHost(Object array, int start, View out) {
    NDArray copy = NDArray.zeros(out.dtype(), out.shape());
    int length = Math.toIntExact(out.layout().size());
    System.arraycopy(array, start, copy.array(), 0, length);
    note("from_host", (b, in, to) -> b.fromHost(copy.array(), 0, to[0]), NONE, out);
  }

  @Override
  public void toHost(View in, Object array, int start) {
    throw new CaptureException("it reads values while its work is recorded");
  }

  @Override
  public void copy(View in, View out) {
    note("copy", (b, from, to) -> b.copy(from[0], to[0]), reads(in), out);
  }

  @Override
  public void copyFrom(Backend source, View in, View out) {
    throw new CaptureException("it copies from another device while its work is recorded");
  }

  /** There is nothing to wait for. */
  @Override
  public void synchronize() {}

  @Override
  public void unary(UnaryOp op, View x, View out) {
    note(new Operation.Unary(op), reads(x), reads(out));
  }

  @Override
  public void binary(BinaryOp op, View a, View b, View out) {
    note(new Operation.Binary(op), reads(a, b), reads(out));
  }

  @Override
  public void binaryScalar(BinaryOp op, View a, double scalar, boolean scalarFirst, View out) {
    note(new Operation.Scalar(op, scalar, scalarFirst), reads(a), reads(out));
  }

  @Override
  public void compare(CompareOp op, View a, View b, View out) {
    note("compare", (k, in, to) -> k.compare(op, in[0], in[1], to[0]), reads(a, b), out);
  }

  @Override
  public void where(View condition, View a, View b, View out) {
    note("where", (k, in, to) -> k.where(in[0], in[1], in[2], to[0]), reads(condition, a, b), out);
  }

  @Override
  public void cast(View in, View out) {
    note("cast", (k, from, to) -> k.cast(from[0], to[0]), reads(in), out);
  }

  @Override
  public void reduce(ReduceOp op, View in, int[] axes, View out) {
    note("reduce", (k, from, to) -> k.reduce(op, from[0], axes, to[0]), reads(in), out);
  }

  @Override
  public void argReduce(ArgReduceOp op, View in, int axis, View out) {
    note("arg_reduce", (k, from, to) -> k.argReduce(op, from[0], axis, to[0]), reads(in), out);
  }

  @Override
  public void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out) {
    note(
        "cumulative_sum",
        (k, from, to) -> k.cumulativeSum(from[0], axis, exclusive, reverse, to[0]),
        reads(in),
        out);
  }

  @Override
  public void topK(View in, int axis, boolean largest, View values, View indices) {
    note(
        "top_k",
        (k, from, to) -> k.topK(from[0], axis, largest, to[0], to[1]),
        reads(in),
        values,
        indices);
  }

  @Override
  public void matmul(View a, View b, View out) {
    note("matmul", (k, in, to) -> k.matmul(in[0], in[1], to[0]), reads(a, b), out);
  }

  @Override
  public void gather(View in, View indices, int axis, View out) {
    note(
        "gather",
        (k, from, to) -> k.gather(from[0], from[1], axis, to[0]),
        reads(in, indices),
        out);
  }

  @Override
  public void scatterAdd(View indices, View updates, int axis, View out) {
    note(
        "scatter_add",
        (k, in, to) -> k.scatterAdd(in[0], in[1], axis, to[0]),
        reads(indices, updates),
        out);
  }

  @Override
  public void takeAlong(View in, View indices, int axis, View out) {
    note(
        "take_along",
        (k, from, to) -> k.takeAlong(from[0], from[1], axis, to[0]),
        reads(in, indices),
        out);
  }

  @Override
  public void putAlongAdd(View indices, View updates, int axis, View out) {
    note(
        "put_along_add",
        (k, in, to) -> k.putAlongAdd(in[0], in[1], axis, to[0]),
        reads(indices, updates),
        out);
  }

  @Override
  public void checkLabels(View labels, long classes) {
    note("check_labels", (k, in, to) -> k.checkLabels(in[0], classes), reads(labels));
  }

  @Override
  public void conv(ConvSpec spec, View x, View w, View out) {
    note(new Operation.Conv(spec), reads(x, w), reads(out));
  }

  @Override
  public void convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    note(
        "conv_input_grad",
        (k, in, to) -> k.convInputGrad(spec, in[0], in[1], to[0]),
        reads(gradOut, w),
        out);
  }

  @Override
  public void convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    note(
        "conv_filter_grad",
        (k, in, to) -> k.convFilterGrad(spec, in[0], in[1], to[0]),
        reads(x, gradOut),
        out);
  }

  @Override
  public void maxPool(PoolSpec spec, View x, View out, View argmax) {
    note("max_pool", (k, in, to) -> k.maxPool(spec, in[0], to[0], to[1]), reads(x), out, argmax);
  }

  @Override
  public void avgPool(PoolSpec spec, View x, View out) {
    note("avg_pool", (k, in, to) -> k.avgPool(spec, in[0], to[0]), reads(x), out);
  }

  @Override
  public void avgPoolGrad(PoolSpec spec, View gradOut, View out) {
    note("avg_pool_grad", (k, in, to) -> k.avgPoolGrad(spec, in[0], to[0]), reads(gradOut), out);
  }

  @Override
  public void random(RandomOp op, long key, long counter, View out) {
    note(new Operation.Draw(op, key, counter, numbers.varies(key)), NONE, reads(out));
  }

  @Override
  public FusedKernel fused(FusedOp op, View[] inputs) {
    FusedKernel kernel = backend.fused(op, inputs);
    return kernel == null ? null : new RecordedKernel(this, op, kernel, numbers.varies(op));
  }

  @Override
  public CapturedWork capture(ReplayVariables variables, Runnable body) {
    throw new CaptureException("work that is being recorded cannot record work of its own");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("a recording does not own its backend");
  }
}
