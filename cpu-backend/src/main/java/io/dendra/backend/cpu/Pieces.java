package io.dendra.backend.cpu;

/**
 * The rows of a matrix cut into pieces that fit the cache of a core, all of one height but the
 * last, which follow from the shape alone.
 */
record Pieces(long rows, long columns) {
  private static final long ELEMENTS = 1 << 14;

  long height() {
    return Math.max(1, Math.min(rows, ELEMENTS / Math.max(1, columns)));
  }

  long count() {
    return (rows + height() - 1) / height();
  }

  /** The first row of a piece. */
  long first(long piece) {
    return piece * height();
  }

  /** The rows of a piece. */
  long height(long piece) {
    return Math.min(height(), rows - first(piece));
  }

  /** One piece. */
  interface Body {
    void run(long firstRow, long rows);
  }

  /** Shares the pieces out, each element costing that many simple steps. */
  void run(CpuPool pool, long cost, Body body) {
    pool.ranges(
        count(),
        height() * columns * cost,
        (from, to) -> {
          for (long piece = from; piece < to; piece++) {
            body.run(first(piece), height(piece));
          }
        });
  }
}
