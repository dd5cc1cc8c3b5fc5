package io.dendra.backend.cpu;

import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;
import io.dendra.backend.cpu.Primitive.Operand;
import io.dendra.tensor.DType;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Matrix products by oneDNN, batched, read and written by strides: of float32, or of bfloat16 with
 * float32 sums.
 */
final class DnnMatmul {
  /** What happens to the product before it is stored. */
  enum After {
    STORE,
    ACCUMULATE,
    SCALE,
    SCALE_ACCUMULATE,
    BIAS,
    BIAS_RELU,
    BIAS_TANH,
    BIAS_SIGMOID;

    boolean isBiased() {
      return switch (this) {
        case STORE, ACCUMULATE, SCALE, SCALE_ACCUMULATE -> false;
        case BIAS, BIAS_RELU, BIAS_TANH, BIAS_SIGMOID -> true;
      };
    }
  }

  /** Rows or columns that stay together when a product is shared out. */
  private static final int GRAIN = 32;

  /** With that many rows to a part, rows are shared out even where there are more columns. */
  private static final int ROWS = 128;

  private final Dnn dnn;
  private final PrimitiveCache cache;
  private final CpuPool pool;
  private final Copies copies;
  private final DType dtype;
  private final long size;

  DnnMatmul(Dnn dnn, PrimitiveCache cache, CpuPool pool, Copies copies, DType dtype) {
    this.dtype = dtype;
    this.size = dtype.byteSize();
    this.pool = pool;
    this.dnn = dnn;
    this.cache = cache;
    this.copies = copies;
  }

  /** Whether oneDNN has a fast product of this type for this processor. */
  boolean isAvailable() {
    dnnl_memory_desc square = describe(new Matrix(64, 64, 64, 1), 0, 0);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    var attributes = Dnn.attributes();
    int status =
        dnnl.dnnl_matmul_primitive_desc_create(
            description, dnn.engine(), square, square, null, square, attributes);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(square);
    if (status != dnnl.dnnl_success) {
      return false;
    }
    boolean fast = !Dnn.isReference(description);
    dnnl.dnnl_primitive_desc_destroy(description);
    return fast;
  }

  void matmul(View a, View b, boolean accumulate, View out) {
    int rank = out.shape().rank();
    if (out.layout().size() == 0) {
      return;
    }
    if (a.shape().dim(rank - 1) == 0) {
      if (!accumulate) {
        copies.fill(out, 0);
      }
      return;
    }
    Matrix left = Matrix.of(a);
    Matrix right = Matrix.of(b);
    Matrix product = Matrix.of(out);
    if (!left.isPlain()) {
      try (Scratch scratch = new Scratch(a.dtype(), a.layout().size())) {
        View dense = scratch.view(a.shape().dims());
        copies.copy(a, dense);
        matmul(dense, b, accumulate, out);
      }
    } else if (!right.isPlain()) {
      try (Scratch scratch = new Scratch(b.dtype(), b.layout().size())) {
        View dense = scratch.view(b.shape().dims());
        copies.copy(b, dense);
        matmul(a, dense, accumulate, out);
      }
    } else if (!product.isPlain()) {
      try (Scratch scratch = new Scratch(out.dtype(), out.layout().size())) {
        View dense = scratch.view(out.shape().dims());
        if (accumulate) {
          copies.copy(out, dense);
        }
        matmul(a, b, accumulate, dense);
        copies.copy(dense, out);
      }
    } else {
      After after = accumulate ? After.ACCUMULATE : After.STORE;
      long atA = CpuBuffer.address(a);
      long atB = CpuBuffer.address(b);
      long atOut = CpuBuffer.address(out);
      if (rank == 2) {
        run(after, left, atA, right, atB, product, atOut, 0);
      } else {
        Loop.Row row =
            (n, at, step) ->
                batch(
                    after,
                    n,
                    step,
                    left,
                    atA + size * at[0],
                    right,
                    atB + size * at[1],
                    product,
                    atOut + size * at[2]);
        Loop.of(batch(out.shape().dims()), batch(a), batch(b), batch(out)).run(row, 0, 0, 0);
      }
    }
  }

  /**
   * {@code out = epilogue(x w + bias)}, or false where oneDNN cannot read the operands in place.
   */
  boolean linear(Epilogue epilogue, View x, View w, View bias, View out) {
    Matrix left = Matrix.of(x);
    Matrix right = Matrix.of(w);
    Matrix result = Matrix.of(out);
    boolean plain = left.isPlain() && right.isPlain() && result.isPlain();
    if (!plain || out.layout().size() == 0 || left.columns() == 0) {
      return false;
    }
    After after =
        switch (epilogue) {
          case NONE -> After.BIAS;
          case RELU -> After.BIAS_RELU;
          case TANH -> After.BIAS_TANH;
          case SIGMOID -> After.BIAS_SIGMOID;
        };
    run(
        after,
        left,
        CpuBuffer.address(x),
        right,
        CpuBuffer.address(w),
        result,
        CpuBuffer.address(out),
        CpuBuffer.address(bias));
    return true;
  }

  private static long[] batch(View view) {
    return batch(view.layout().strides());
  }

  private static long[] batch(long[] perAxis) {
    return Arrays.copyOf(perAxis, perAxis.length - 2);
  }

  /** Products of n matrices at even distances. */
  private void batch(
      After after,
      int n,
      int[] step,
      Matrix a,
      long atA,
      Matrix b,
      long atB,
      Matrix out,
      long atOut) {
    if (n == 1) {
      run(after, a, atA, b, atB, out, atOut, 0);
      return;
    }
    Matrix tallA = a.stacked(n, step[0]);
    Matrix tallOut = out.stacked(n, step[2]);
    if (step[1] == 0 && tallA != null && tallOut != null) {
      // One right-hand side for all: a single product with more rows.
      run(after, tallA, atA, b, atB, tallOut, atOut, 0);
    } else if ((step[0] == 0 && step[1] == 0)
        || !a.repeats(step[0])
        || !b.repeats(step[1])
        || !out.repeats(step[2])) {
      for (int i = 0; i < n; i++) {
        long nextA = atA + size * i * step[0];
        long nextB = atB + size * i * step[1];
        run(after, a, nextA, b, nextB, out, atOut + size * i * step[2], 0);
      }
    } else {
      double flops = 2.0 * n * a.rows() * a.columns() * b.columns();
      int parts = pool.nativeParts(n, flops);
      pool.run(
          parts,
          part -> {
            int from = (int) ((long) n * part / parts);
            int to = (int) ((long) n * (part + 1) / parts);
            long nextA = atA + size * from * step[0];
            long nextB = atB + size * from * step[1];
            long next = atOut + size * from * step[2];
            one(after, a, nextA, b, nextB, out, next, 0, to - from, step[0], step[1], step[2]);
          });
    }
  }

  /**
   * {@code after(a b + bias)} of plain matrices at these addresses.
   *
   * @param atBias the address of the bias, which {@code after} may ask for
   */
  void run(
      After after, Matrix a, long atA, Matrix b, long atB, Matrix out, long atOut, long atBias) {
    double flops = 2.0 * a.rows() * a.columns() * b.columns();
    int parts = pool.nativeParts(Math.max(a.rows(), b.columns()) / GRAIN, flops);
    if (parts == 1) {
      one(after, a, atA, b, atB, out, atOut, atBias);
      return;
    }
    boolean tall = a.rows() >= b.columns() || a.rows() / parts >= ROWS;
    long length = tall ? a.rows() : b.columns();
    long blocks = (length + GRAIN - 1) / GRAIN;
    pool.run(
        parts,
        part -> {
          long from = blocks * part / parts * GRAIN;
          long to = Math.min(length, blocks * (part + 1) / parts * GRAIN);
          if (tall) {
            long nextA = atA + size * from * a.rowStep();
            long next = atOut + size * from * out.rowStep();
            Matrix some = new Matrix(to - from, a.columns(), a.rowStep(), a.columnStep());
            Matrix rows = new Matrix(to - from, out.columns(), out.rowStep(), out.columnStep());
            one(after, some, nextA, b, atB, rows, next, atBias);
          } else {
            long nextB = atB + size * from * b.columnStep();
            long next = atOut + size * from * out.columnStep();
            Matrix some = new Matrix(b.rows(), to - from, b.rowStep(), b.columnStep());
            Matrix columns = new Matrix(out.rows(), to - from, out.rowStep(), out.columnStep());
            one(after, a, atA, some, nextB, columns, next, atBias + size * from);
          }
        });
  }

  /**
   * {@code batch}: nothing for one product, else their number and the distances of a, b and out.
   */
  private void one(
      After after,
      Matrix a,
      long atA,
      Matrix b,
      long atB,
      Matrix out,
      long atOut,
      long atBias,
      long... batch) {
    Primitive primitive = product(after, 1, a, b, out, batch);
    if (after.isBiased()) {
      primitive.execute(atA, atB, atOut, atBias);
    } else {
      primitive.execute(atA, atB, atOut);
    }
  }

  /**
   * The primitive of one product in the calling thread, which the caller holds.
   *
   * @param scale the factor where {@code after} scales
   * @param batch as for {@link #one}
   */
  Primitive product(After after, float scale, Matrix a, Matrix b, Matrix out, long... batch) {
    PrimitiveCache.Key key =
        PrimitiveCache.key("matmul")
            .and(after.ordinal())
            .and(dtype.ordinal())
            .and(Float.floatToIntBits(scale))
            .and(a.rows())
            .and(a.columns())
            .and(b.columns())
            .and(a.rowStep())
            .and(a.columnStep())
            .and(b.rowStep())
            .and(b.columnStep())
            .and(out.rowStep())
            .and(out.columnStep());
    for (long number : batch) {
      key.and(number);
    }
    Primitive known = cache.find(key);
    return known != null ? known : make(key, after, scale, a, b, out, batch);
  }

  /**
   * A product of plain matrices, or of one batch of them at even distances, that stays in the
   * calling thread; null where oneDNN cannot read the operands in place.
   */
  Sliding sliding(View a, View b, boolean accumulate, View out) {
    Matrix left = Matrix.of(a);
    Matrix right = Matrix.of(b);
    Matrix product = Matrix.of(out);
    After after = accumulate ? After.ACCUMULATE : After.STORE;
    if (!left.isPlain() || !right.isPlain() || !product.isPlain() || left.columns() == 0) {
      return null;
    }
    if (out.shape().rank() == 2) {
      return new DnnSliding(product(after, 1, left, right, product), a, b, out);
    }
    long stepA = a.layout().stride(0);
    long stepB = b.layout().stride(0);
    long stepOut = out.layout().stride(0);
    boolean even = left.repeats(stepA) && right.repeats(stepB) && product.repeats(stepOut);
    if (!even || out.shape().rank() > 3) {
      return null;
    }
    long n = out.shape().dim(0);
    return new DnnSliding(
        product(after, 1, left, right, product, n, stepA, stepB, stepOut), a, b, out);
  }

  private dnnl_memory_desc describe(Matrix matrix, long batch, long step) {
    if (batch == 0) {
      return Dnn.describe(
          dtype,
          new long[] {matrix.rows(), matrix.columns()},
          new long[] {matrix.rowStep(), matrix.columnStep()});
    }
    long dense = matrix.rows() * matrix.columns();
    return Dnn.describe(
        dtype,
        new long[] {step == 0 ? 1 : batch, matrix.rows(), matrix.columns()},
        new long[] {step == 0 ? dense : step, matrix.rowStep(), matrix.columnStep()});
  }

  private Primitive make(
      PrimitiveCache.Key key,
      After after,
      float scale,
      Matrix a,
      Matrix b,
      Matrix out,
      long[] batch) {
    return cache.make(key, () -> make(after, scale, a, b, out, batch));
  }

  private Primitive make(After after, float scale, Matrix a, Matrix b, Matrix out, long[] batch) {
    boolean many = batch.length > 0;
    dnnl_memory_desc left = describe(a, many ? batch[0] : 0, many ? batch[1] : 0);
    dnnl_memory_desc right = describe(b, many ? batch[0] : 0, many ? batch[2] : 0);
    dnnl_memory_desc result = describe(out, many ? batch[0] : 0, many ? batch[3] : 0);
    boolean biased = after.isBiased();
    Matrix row = new Matrix(1, b.columns(), b.columns(), 1);
    dnnl_memory_desc bias = biased ? describe(row, 0, 0) : null;
    var attributes = Dnn.attributes();
    dnnl_post_ops post = new dnnl_post_ops();
    Dnn.check(dnnl.dnnl_post_ops_create(post), "post-ops");
    int status =
        switch (after) {
          case STORE, BIAS -> dnnl.dnnl_success;
          case ACCUMULATE -> addTo(post);
          case SCALE -> scale(post, scale);
          case SCALE_ACCUMULATE -> {
            int scaled = scale(post, scale);
            yield scaled == dnnl.dnnl_success ? addTo(post) : scaled;
          }
          case BIAS_RELU -> dnnl.dnnl_post_ops_append_eltwise(post, dnnl.dnnl_eltwise_relu, 0, 0);
          case BIAS_TANH -> dnnl.dnnl_post_ops_append_eltwise(post, dnnl.dnnl_eltwise_tanh, 0, 0);
          case BIAS_SIGMOID ->
              dnnl.dnnl_post_ops_append_eltwise(post, dnnl.dnnl_eltwise_logistic, 0, 0);
        };
    Dnn.check(status, "post-ops");
    Dnn.check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, post), "post-ops");
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_matmul_primitive_desc_create(
            description, dnn.engine(), left, right, bias, result, attributes),
        "matmul " + a + " with " + b + " to " + out);
    dnnl.dnnl_post_ops_destroy(post);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    Operand[] operands = {
      Operand.in(dnnl.DNNL_ARG_SRC, left),
      Operand.in(dnnl.DNNL_ARG_WEIGHTS, right),
      Operand.out(dnnl.DNNL_ARG_DST, result),
      Operand.in(dnnl.DNNL_ARG_BIAS, bias)
    };
    return new Primitive(
        dnn, "matmul", description, biased ? operands : Arrays.copyOf(operands, 3));
  }

  private static int addTo(dnnl_post_ops post) {
    return dnnl.dnnl_post_ops_append_sum(post, 1, 0, dnnl.dnnl_f32);
  }

  private static int scale(dnnl_post_ops post, float factor) {
    return dnnl.dnnl_post_ops_append_eltwise(post, dnnl.dnnl_eltwise_linear, factor, 0);
  }
}
