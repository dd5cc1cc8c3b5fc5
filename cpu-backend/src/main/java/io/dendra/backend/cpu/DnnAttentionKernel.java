package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.backend.cpu.DnnMatmul.After;
import java.nio.FloatBuffer;

/**
 * Attention head by head, its weights never in memory as a whole: some queries at a time against
 * all keys, so that their scores stay in the cache. Heads are read and written where they lie.
 *
 * <p>The backward pass computes the weights again.
 */
final class DnnAttentionKernel implements FusedKernel {
  /** Scores that are held at a time. */
  private static final long SCORES = 1 << 15;

  /** The fewest queries for a product to be worth its call. */
  private static final long QUERIES = 32;

  /** The score of a key that is barred, as in the definition. */
  private static final float BARRED = -1e9f;

  private final DnnMatmul matmul;
  private final DnnRows rows;
  private final CpuPool pool;
  private final Copies copies;
  private final FusedOp.Attention op;
  private final float scale;

  DnnAttentionKernel(
      DnnMatmul matmul, DnnRows rows, CpuPool pool, Copies copies, FusedOp.Attention op) {
    this.matmul = matmul;
    this.rows = rows;
    this.pool = pool;
    this.copies = copies;
    this.op = op;
    this.scale = (float) op.scale();
  }

  /** Whether the operands have elements. */
  static boolean takes(View[] inputs) {
    for (View input : inputs) {
      if (input.layout().size() == 0) {
        return false;
      }
    }
    return true;
  }

  private static Heads in(Staging staging, View view) {
    return Heads.of(Matrix.of(view).isPlain() ? view : staging.in(view));
  }

  private static Heads out(Staging staging, View view) {
    return Heads.of(view == null || Matrix.of(view).isPlain() ? view : staging.out(view));
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      Work w = new Work(staging, inputs);
      Heads out = out(staging, outputs[0]);
      long pieces = (w.queries + w.step - 1) / w.step;
      w.share(
          staging.like(inputs[0], w.parts(pieces, 2), w.step * w.keys),
          w.batch * w.heads * pieces,
          (scores, item) -> {
            long b = item / pieces / w.heads;
            long h = item / pieces % w.heads;
            long first = item % pieces * w.step;
            long count = w.count(first);
            w.weights(b, h, first, scores);
            matmul
                .product(After.STORE, 1, w.scores(count), w.v.matrix(), out.rows(count))
                .execute(scores.address, w.v.at(b, h), out.row(b, h, first));
          });
      staging.finish();
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /**
   * With weights {@code p} and {@code g} the gradient of the output: {@code dv = pᵀ g}, and with
   * {@code s} the gradient through the softmax of {@code g vᵀ}, {@code dq = s k · scale} and {@code
   * dk = sᵀ q · scale}.
   */
  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      Work w = new Work(staging, inputs);
      Heads g = in(staging, gradOutputs[0]);
      Heads dq = out(staging, gradInputs[0]);
      Heads dk = out(staging, gradInputs[1]);
      Heads dv = out(staging, gradInputs[2]);
      w.share(
          staging.like(inputs[0], w.parts(1, 5), 2 * w.step * w.keys),
          w.batch * w.heads,
          (scores, item) -> {
            long b = item / w.heads;
            long h = item % w.heads;
            for (long first = 0; first < w.queries; first += w.step) {
              w.weights(b, h, first, scores);
              long at = g.row(b, h, first);
              Matrix some = g.rows(w.count(first));
              valueGradient(w, scores, first, at, some, dv, b, h);
              if (dq != null || dk != null) {
                scoreGradients(w, scores, first, at, some, b, h);
                inputGradients(w, scores, first, dq, dk, b, h);
              }
            }
          });
      staging.finish();
    }
  }

  private void valueGradient(
      Work w, Scores scores, long first, long atG, Matrix g, Heads dv, long b, long h) {
    if (dv != null) {
      matmul
          .product(
              first == 0 ? After.STORE : After.ACCUMULATE,
              1,
              w.scores(g.rows()).turned(),
              g,
              dv.matrix())
          .execute(scores.address, atG, dv.at(b, h));
    }
  }

  /** Behind the weights the gradients by the scores. */
  private void scoreGradients(
      Work w, Scores scores, long first, long atG, Matrix g, long b, long h) {
    long room = w.step * w.keys;
    long s = scores.address + Float.BYTES * room;
    matmul
        .product(After.STORE, 1, g, w.v.matrix().turned(), w.scores(g.rows()))
        .execute(atG, w.v.at(b, h), s);
    rows.softmaxGradient(false, g.rows(), w.keys).execute(scores.address, s, s);
    if (w.barrier != null) {
      w.barrier.bar(b, h, first, g.rows(), scores.floats, (int) (scores.base + room), 0);
    }
  }

  private void inputGradients(
      Work w, Scores scores, long first, Heads dq, Heads dk, long b, long h) {
    long count = w.count(first);
    long s = scores.address + Float.BYTES * w.step * w.keys;
    if (dq != null) {
      matmul
          .product(After.SCALE, scale, w.scores(count), w.k.matrix(), dq.rows(count))
          .execute(s, w.k.at(b, h), dq.row(b, h, first));
    }
    if (dk != null) {
      After after = first == 0 ? After.SCALE : After.SCALE_ACCUMULATE;
      matmul
          .product(after, scale, w.scores(count).turned(), w.q.rows(count), dk.matrix())
          .execute(s, w.q.row(b, h, first), dk.at(b, h));
    }
  }

  /** Memory of one part of the work. */
  private record Scores(long address, FloatBuffer floats, int base) {}

  /** One head, or some queries of one. */
  private interface Item {
    void run(Scores scores, long item);
  }

  /** The operands of both passes, and the shape of the work. */
  private final class Work {
    final Heads q;
    final Heads k;
    final Heads v;
    final Barrier barrier;
    final long batch;
    final long heads;
    final long queries;
    final long keys;
    final long step;

    Work(Staging staging, View[] inputs) {
      q = in(staging, inputs[0]);
      k = in(staging, inputs[1]);
      v = in(staging, inputs[2]);
      batch = inputs[0].shape().dim(0);
      heads = inputs[0].shape().dim(1);
      queries = q.matrix().rows();
      keys = k.matrix().rows();
      barrier = op.masked() ? new Barrier(inputs[3], inputs[0].shape().with(-1, keys)) : null;
      step = Math.min(queries, Math.max(QUERIES, SCORES / keys));
    }

    long count(long first) {
      return Math.min(step, queries - first);
    }

    Matrix scores(long count) {
      return new Matrix(count, keys, keys, 1);
    }

    int parts(long pieces, int products) {
      double flops = 2.0 * batch * heads * queries * keys * products * q.matrix().columns();
      return pool.nativeParts(batch * heads * pieces, flops);
    }

    /** Shares items out, a row of the memory to each part. */
    void share(View room, long items, Item body) {
      int parts = (int) room.shape().dim(0);
      long size = room.shape().dim(1);
      Cells cells = Cells.of(room);
      long address = CpuBuffer.address(room);
      pool.run(
          parts,
          part -> {
            long start = part * size;
            Scores scores =
                new Scores(
                    address + Float.BYTES * start, cells.floats(), (int) (cells.base + start));
            for (long item = items * part / parts; item < items * (part + 1) / parts; item++) {
              body.run(scores, item);
            }
          });
    }

    /** The weights of some queries. */
    void weights(long b, long h, long first, Scores scores) {
      long count = count(first);
      matmul
          .product(After.SCALE, scale, q.rows(count), k.matrix().turned(), scores(count))
          .execute(q.row(b, h, first), k.at(b, h), scores.address);
      if (barrier != null) {
        barrier.bar(b, h, first, count, scores.floats, scores.base, BARRED);
      }
      rows.softmax(count, keys).execute(scores.address, scores.address);
    }
  }
}
