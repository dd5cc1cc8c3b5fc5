package io.dendra.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Cuts a stream of batches of any size into batches of one size, from one sample to another. */
final class BatchSlicer {
  /**
   * What to cut.
   *
   * @param batchSize samples per batch; {@link #AS_THEY_COME} or {@link #UNSET} when not chosen
   * @param from the first sample
   * @param to before which sample to end
   */
  record Plan(int batchSize, boolean dropRemainder, long from, long to) {
    /** Leaves the generator's own batches. */
    static final int AS_THEY_COME = 0;

    /** Stands for the default of samples that nobody has batched yet. */
    static final int UNSET = -1;

    static Plan of(int batchSize) {
      return new Plan(batchSize, false, 0, Long.MAX_VALUE);
    }

    Plan batch(int size, boolean drop) {
      return new Plan(size, drop, from, to);
    }

    /** A part of this part. */
    Plan range(long first, long last) {
      long start = Math.min(saturatedSum(from, first), to);
      return new Plan(batchSize, dropRemainder, start, Math.min(saturatedSum(from, last), to));
    }

    private static long saturatedSum(long a, long b) {
      return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
  }

  private final Iterator<Batch> source;
  private final Plan plan;

  /** Samples of the source before {@link #rest}. */
  private long seen;

  /** What is left of the source's last batch; null when used up. */
  private Batch rest;

  BatchSlicer(Iterator<Batch> source, Plan plan) {
    this.source = source;
    this.plan = plan;
  }

  /** The next batch, null at the end. */
  Batch next() {
    if (plan.batchSize == Plan.AS_THEY_COME) {
      return piece(Integer.MAX_VALUE);
    }
    int wanted = plan.batchSize == Plan.UNSET ? Dataset.DEFAULT_BATCH_SIZE : plan.batchSize;
    List<Batch> pieces = new ArrayList<>();
    int gathered = 0;
    while (gathered < wanted) {
      Batch piece = piece(wanted - gathered);
      if (piece == null) {
        break;
      }
      pieces.add(piece);
      gathered += piece.size();
    }
    if (gathered == 0 || (plan.dropRemainder && gathered < wanted)) {
      return null;
    }
    return Batch.concatenate(pieces);
  }

  /** Up to {@code limit} samples that lie together in the source. */
  private Batch piece(int limit) {
    while (seen < plan.to) {
      if (rest == null) {
        if (!source.hasNext()) {
          return null;
        }
        rest = source.next();
      }
      int size = rest.size();
      int start = (int) Math.min(Math.max(plan.from - seen, 0), size);
      int end = (int) Math.min(Math.min(start + (long) limit, size), plan.to - seen);
      Batch piece = start < end ? rest.rows(start, end) : null;
      rest = end < size ? rest.rows(end, size) : null;
      seen += end;
      if (piece != null) {
        return piece;
      }
    }
    return null;
  }
}
