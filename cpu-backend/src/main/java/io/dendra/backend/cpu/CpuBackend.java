package io.dendra.backend.cpu;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.Buffer;
import io.dendra.backend.CompareOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import java.util.Map;
import java.util.function.Consumer;

/** The processor: asks the engine first, and computes in Java what it declines. */
final class CpuBackend implements Backend {
  private final Device device = new Device(CpuProvider.NAME, 0);
  private final CpuPool pool;
  private final Copies copies;
  private final HalfCasts halfCasts;
  private final Elementwise elementwise;
  private final Reductions reductions;
  private final Lanes lanes;
  private final Indexing indexing;
  private final Pooling pooling;
  private final RandomKernel random;
  private final IntegerMatmul integerMatmul;
  private final Unfolding unfolding;
  private final FusedKernels fusedKernels;
  private final Engine engine;
  private final String note;

  /** Starts the engine of the settings. */
  CpuBackend(CpuSettings settings) {
    pool = new CpuPool(settings.threads());
    copies = new Copies(pool);
    Engines.Started started = Engines.start(settings, pool, copies);
    engine = started.engine();
    note = started.note();
    halfCasts = new HalfCasts(pool);
    elementwise = new Elementwise(pool, engine.ranges());
    reductions = new Reductions(pool);
    lanes = new Lanes(pool);
    indexing = new Indexing(pool, copies);
    pooling = new Pooling(pool, copies);
    random = new RandomKernel(pool);
    integerMatmul = new IntegerMatmul(pool);
    unfolding = new Unfolding(pool, copies, engine);
    fusedKernels = new FusedKernels(this, engine, pool, copies, reductions, pooling, halfCasts);
    ScratchCache.shared().open();
  }

  /** Engine, versions and threads in one line. */
  String describe() {
    String line = engine.versions() + ", " + pool.threads() + " threads";
    return note.isEmpty() ? line : line + " (" + note + ")";
  }

  void describeTo(Map<String, String> details) {
    details.put("engine", engine.name());
    details.put("versions", engine.versions());
    details.put("threads", Integer.toString(pool.threads()));
    engine.describeTo(details);
    if (!note.isEmpty()) {
      details.put("note", note);
    }
  }

  /** Runs in float32 what has 16-bit operands, and rounds the results. */
  private void widened(Consumer<Widening> operation) {
    try (Widening wide = new Widening(halfCasts)) {
      operation.accept(wide);
      wide.finish();
    }
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Buffer allocate(long bytes) {
    CpuBuffer buffer = CpuBuffer.allocate(bytes);
    if (buffer == null) {
      ScratchCache.shared().trim();
      buffer = CpuBuffer.allocate(bytes);
    }
    return buffer;
  }

  @Override
  public void free(Buffer buffer) {
    ((CpuBuffer) buffer).free();
  }

  @Override
  public void fill(View out, double value) {
    copies.fill(out, value);
  }

  @Override
  public void fromHost(Object array, int start, View out) {
    copies.fromHost(array, start, out);
  }

  @Override
  public void toHost(View in, Object array, int start) {
    copies.toHost(in, array, start);
  }

  @Override
  public void checkLabels(View labels, long classes) {
    Cells cells = Cells.of(labels);
    int end = cells.base + Math.toIntExact(labels.layout().size());
    boolean all = true;
    for (int i = cells.base; i < end; i++) {
      long label = cells.memory.longs.get(i);
      all &= label >= 0 && label < classes;
    }
    if (!all) {
      // Tells which.
      Backend.super.checkLabels(labels, classes);
    }
  }

  @Override
  public void copy(View in, View out) {
    copies.copy(in, out);
  }

  @Override
  public void copyFrom(Backend source, View in, View out) {
    if (in.buffer() instanceof CpuBuffer) {
      copies.copy(in, out);
    } else {
      Backend.super.copyFrom(source, in, out);
    }
  }

  /** Nothing to wait for: every method returns when its result is there. */
  @Override
  public void synchronize() {}

  @Override
  public void unary(UnaryOp op, View x, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> unary(op, wide.in(x), wide.out(out)));
      return;
    }
    if (out.dtype() == DType.FLOAT32 || !engine.unary(op, x, out)) {
      elementwise.unary(op, x, out);
    }
  }

  @Override
  public void binary(BinaryOp op, View a, View b, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> binary(op, wide.in(a), wide.in(b), wide.out(out)));
      return;
    }
    elementwise.binary(op, a, b, out);
  }

  @Override
  public void binaryScalar(BinaryOp op, View a, double scalar, boolean scalarFirst, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> binaryScalar(op, wide.in(a), scalar, scalarFirst, wide.out(out)));
      return;
    }
    elementwise.binaryScalar(op, a, scalar, scalarFirst, out);
  }

  @Override
  public void compare(CompareOp op, View a, View b, View out) {
    if (a.dtype().isHalf()) {
      widened(wide -> compare(op, wide.in(a), wide.in(b), out));
      return;
    }
    elementwise.compare(op, a, b, out);
  }

  @Override
  public void where(View condition, View a, View b, View out) {
    elementwise.where(condition, a, b, out);
  }

  @Override
  public void cast(View in, View out) {
    if (HalfCasts.takes(in.dtype(), out.dtype())) {
      halfCasts.cast(in, out);
      return;
    }
    elementwise.cast(in, out);
  }

  @Override
  public void reduce(ReduceOp op, View in, int[] axes, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> reduce(op, wide.in(in), axes, wide.out(out)));
      return;
    }
    reductions.reduce(op, in, axes, out);
  }

  @Override
  public void argReduce(ArgReduceOp op, View in, int axis, View out) {
    lanes.argReduce(op, in, axis, out);
  }

  @Override
  public void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> cumulativeSum(wide.in(in), axis, exclusive, reverse, wide.out(out)));
      return;
    }
    lanes.cumulativeSum(in, axis, exclusive, reverse, out);
  }

  @Override
  public void topK(View in, int axis, boolean largest, View values, View indices) {
    lanes.topK(in, axis, largest, values, indices);
  }

  @Override
  public void matmul(View a, View b, View out) {
    if (out.dtype().isHalf()) {
      if (out.dtype() == DType.FLOAT16 || !engine.bfloat16Matmul(a, b, out)) {
        widened(wide -> matmul(wide.in(a), wide.in(b), wide.out(out)));
      }
      return;
    }
    if (out.dtype().isFloating()) {
      engine.matmul(a, b, false, out);
    } else {
      integerMatmul.matmul(a, b, out);
    }
  }

  @Override
  public void gather(View in, View indices, int axis, View out) {
    indexing.gather(in, indices, axis, out);
  }

  @Override
  public void scatterAdd(View indices, View updates, int axis, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> scatterAdd(indices, wide.in(updates), axis, wide.out(out)));
      return;
    }
    indexing.scatterAdd(indices, updates, axis, out);
  }

  @Override
  public void takeAlong(View in, View indices, int axis, View out) {
    indexing.takeAlong(in, indices, axis, out);
  }

  @Override
  public void putAlongAdd(View indices, View updates, int axis, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> putAlongAdd(indices, wide.in(updates), axis, wide.out(out)));
      return;
    }
    indexing.putAlongAdd(indices, updates, axis, out);
  }

  @Override
  public void conv(ConvSpec spec, View x, View w, View out) {
    if (engine.conv(spec, x, w, out)) {
      return;
    }
    if (x.dtype().isHalf()) {
      widened(wide -> conv(spec, wide.in(x), wide.in(w), wide.out(out)));
    } else {
      unfolding.conv(spec, x, w, out);
    }
  }

  @Override
  public void convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    if (engine.convInputGrad(spec, gradOut, w, out)) {
      return;
    }
    if (w.dtype().isHalf()) {
      widened(wide -> convInputGrad(spec, wide.in(gradOut), wide.in(w), wide.out(out)));
    } else {
      unfolding.convInputGrad(spec, gradOut, w, out);
    }
  }

  @Override
  public void convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    if (engine.convFilterGrad(spec, x, gradOut, out)) {
      return;
    }
    if (x.dtype().isHalf()) {
      widened(wide -> convFilterGrad(spec, wide.in(x), wide.in(gradOut), wide.out(out)));
    } else {
      unfolding.convFilterGrad(spec, x, gradOut, out);
    }
  }

  @Override
  public void maxPool(PoolSpec spec, View x, View out, View argmax) {
    if (out.dtype().isHalf()) {
      widened(wide -> maxPool(spec, wide.in(x), wide.out(out), argmax));
      return;
    }
    pooling.maxPool(spec, x, out, argmax);
  }

  @Override
  public void avgPool(PoolSpec spec, View x, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> avgPool(spec, wide.in(x), wide.out(out)));
      return;
    }
    pooling.avgPool(spec, x, out);
  }

  @Override
  public void avgPoolGrad(PoolSpec spec, View gradOut, View out) {
    if (out.dtype().isHalf()) {
      widened(wide -> avgPoolGrad(spec, wide.in(gradOut), wide.out(out)));
      return;
    }
    pooling.avgPoolGrad(spec, gradOut, out);
  }

  @Override
  public void random(RandomOp op, long key, long counter, View out) {
    random.random(op, key, counter, out);
  }

  @Override
  public FusedKernel fused(FusedOp op, View[] inputs) {
    return fusedKernels.of(op, inputs);
  }

  @Override
  public void close() {
    engine.close();
    pool.close();
    ScratchCache.shared().close();
  }
}
