package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Attention whose scores never leave the chip (T. Dao et al., FlashAttention, 2022): the backward
 * pass computes them again.
 */
final class Attention {
  private static final int LEAST_SIZE = 16;
  private static final int MOST_SIZE = 256;
  private static final int THREADS = 256;
  private static final int VECTOR_BYTES = 16;
  private static final int LARGE_TILE = 64;
  private static final int SMALL_TILE = 32;
  private static final int PADDING = 4;

  /** The size of the structure {@code RowSums}. */
  private static final long ROW_SUMS_BYTES = 16;

  /**
   * Where tensor cores compute products, up to so many bytes of scores are better written to
   * memory: the tiles do without these cores.
   */
  private static final long LARGE_SCORES = 1L << 30;

  /** Shared memory that every kernel may have. */
  private static final int PLAIN_SHARED = 48 << 10;

  private static final int VARIANTS = DType.values().length * (MOST_SIZE / LEAST_SIZE + 1) * 4;

  private final CudaDevice device;
  private final Matmul matmul;
  private final int sharedBytes;
  private final KernelFamily family;
  private final Set<Kernel> enlarged = new HashSet<>();

  /** The kernels, with how many tiles of rows and of scores they keep. */
  private enum Entry {
    FORWARD(3, 1),
    ROW_SUMS(2, 0),
    QUERY_GRADIENTS(4, 1),
    KEY_GRADIENTS(4, 2);

    private final int rows;
    private final int scores;

    Entry(int rows, int scores) {
      this.rows = rows;
      this.scores = scores;
    }
  }

  Attention(CudaDevice device, Matmul matmul) {
    this.device = device;
    this.matmul = matmul;
    this.sharedBytes = device.driver().describe(device.index()).sharedBytes();
    this.family = new KernelFamily(device, VARIANTS, Entry.values().length);
  }

  /** How a call is tiled. */
  private record Plan(DType dtype, int size, int tile, int vector, boolean masked) {
    int shared(Entry entry) {
      int floats = entry.rows * tile * (size + PADDING) + entry.scores * tile * (tile + PADDING);
      return floats * Float.BYTES;
    }

    int variant() {
      int variant = dtype.ordinal() * (MOST_SIZE / LEAST_SIZE + 1) + size / LEAST_SIZE;
      return variant * 4 + (vector > 1 ? 2 : 0) + (masked ? 1 : 0);
    }

    KernelSource source() {
      return KernelSource.of(
          "attention",
          "T=" + KernelSource.type(dtype),
          "D=" + size,
          "TILE=" + tile,
          "VEC=" + vector,
          "MASKED=" + (masked ? 1 : 0));
    }

    long tiles(long rows) {
      return (rows + tile - 1) / tile;
    }
  }

  /**
   * Null for float64, for heads of more than 256 numbers, without queries or keys, and where tensor
   * cores are faster.
   */
  FusedKernel kernel(FusedOp.Attention op, View[] inputs) {
    View q = inputs[0];
    View v = inputs[2];
    long size = Math.max(q.shape().dim(-1), v.shape().dim(-1));
    for (int i = 1; i < 3; i++) {
      if (inputs[i].dtype() != q.dtype()) {
        return null;
      }
    }
    if (q.dtype() == DType.FLOAT64
        || size > MOST_SIZE
        || q.layout().size() == 0
        || v.layout().size() == 0
        || (matmul.isOnTensorCores(q.dtype()) && scoreBytes(q, inputs[1]) <= LARGE_SCORES)
        || plan(inputs, 1).shared(Entry.KEY_GRADIENTS) > sharedBytes) {
      return null;
    }
    return new FusedKernel() {
      @Override
      public void forward(View[] in, View[] out) {
        Attention.this.forward(op, in, out[0]);
      }

      @Override
      public boolean hasBackward() {
        return true;
      }

      @Override
      public void backward(View[] in, View[] out, View[] gradOut, View[] gradIn) {
        Attention.this.backward(op, in, out[0], gradOut[0], gradIn);
      }
    };
  }

  private static long scoreBytes(View q, View k) {
    long rows = q.layout().size() / q.shape().dim(-1);
    return rows * k.shape().dim(-2) * q.dtype().byteSize();
  }

  private static Plan plan(View[] inputs, int vector) {
    long most = Math.max(inputs[0].shape().dim(-1), inputs[2].shape().dim(-1));
    int size = LEAST_SIZE;
    while (size < most) {
      size *= 2;
    }
    int tile = size <= LARGE_TILE ? LARGE_TILE : SMALL_TILE;
    return new Plan(inputs[0].dtype(), size, tile, vector, inputs.length > 3);
  }

  private static int vector(View... operands) {
    int vector = VECTOR_BYTES / operands[0].dtype().byteSize();
    for (View operand : operands) {
      if (operand.shape().dim(-1) % vector != 0
          || !Rows.isAligned(operand, operand.layout().rank() - 1, vector)) {
        return 1;
      }
    }
    return vector;
  }

  /** The arguments of one launch. */
  private final class Call {
    private final Plan plan;
    private final View[] in;
    private final FusedOp.Attention op;
    private final Arguments arguments = device.arguments();

    Call(Plan plan, FusedOp.Attention op, View[] in) {
      this.plan = plan;
      this.op = op;
      this.in = in;
    }

    Call add(View view) {
      arguments.add(view);
      arguments.add(view == null ? new long[in[0].layout().rank()] : view.layout().strides());
      return this;
    }

    Call add(long address) {
      arguments.add(address);
      return this;
    }

    Call addMask() {
      if (!plan.masked()) {
        return add((View) null);
      }
      Shape shape = in[0].shape().with(-1, in[1].shape().dim(-2));
      Layout layout = in[3].layout().expand(shape);
      return add(in[3].with(layout));
    }

    void launch(Entry entry, long rows) {
      Shape q = in[0].shape();
      long heads = q.dim(1);
      long keys = in[1].shape().dim(2);
      arguments
          .add(new long[] {heads, q.dim(2), keys, q.dim(3), in[2].shape().dim(3)})
          .add((float) op.scale());
      Kernel kernel =
          family.get(
              plan.variant(), entry.ordinal(), entry.name().toLowerCase(Locale.ROOT), plan::source);
      int shared = plan.shared(entry);
      if (shared > PLAIN_SHARED && enlarged.add(kernel)) {
        device.enter();
        device.driver().allowShared(kernel.function(), shared);
      }
      Grid grid = Grid.of(Math.toIntExact(q.dim(0) * heads * plan.tiles(rows)));
      device.launch(kernel, grid, THREADS, shared);
    }
  }

  private void forward(FusedOp.Attention op, View[] in, View out) {
    Plan plan = plan(in, vector(in[0], in[1], in[2]));
    synchronized (device) {
      Call call = new Call(plan, op, in).add(in[0]).add(in[1]).add(in[2]).addMask().add(out);
      call.launch(Entry.FORWARD, in[0].shape().dim(2));
    }
  }

  private void backward(FusedOp.Attention op, View[] in, View out, View g, View[] gradIn) {
    View q = in[0];
    View k = in[1];
    View v = in[2];
    Plan plan = plan(in, vector(q, k, v, out, g));
    long queries = q.shape().dim(2);
    long rows = q.shape().dim(0) * q.shape().dim(1) * queries;
    synchronized (device) {
      long sums = device.scratch(rows * ROW_SUMS_BYTES);
      Call rowSums = new Call(plan, op, in).add(q).add(k).addMask().add(out).add(g);
      rowSums.add(sums).launch(Entry.ROW_SUMS, queries);
      if (gradIn[0] != null) {
        Call call = new Call(plan, op, in).add(q).add(k).add(v).addMask().add(g);
        call.add(sums).add(gradIn[0]).launch(Entry.QUERY_GRADIENTS, queries);
      }
      if (gradIn[1] != null || gradIn[2] != null) {
        Call call = new Call(plan, op, in).add(q).add(k).add(v).addMask().add(g);
        call.add(sums).add(gradIn[1]).add(gradIn[2]);
        call.launch(Entry.KEY_GRADIENTS, k.shape().dim(2));
      }
    }
  }
}
