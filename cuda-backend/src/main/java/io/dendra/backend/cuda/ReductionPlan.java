package io.dendra.backend.cuda;

import io.dendra.backend.cuda.driver.Grid;

/**
 * How the threads of a reduction are spread: a block has {@code width} results, and its threads
 * share the elements of each; where that gives too few blocks, the elements are cut into slices,
 * whose parts a second kernel merges.
 *
 * @param along whether neighbouring threads take neighbouring elements of one result, rather than
 *     elements of neighbouring results: as memory has it
 * @param width results of a block, a power of two
 * @param slices parts that the elements of each result are cut into
 * @param chunk elements of a slice
 */
record ReductionPlan(boolean along, int width, int slices, long chunk) {
  private static final int WARP = 32;
  private static final int MOST_SLICES = 1024;

  /** Elements that a thread should have before more threads are worth their start. */
  private static final int LEAST_WORK = 16;

  static ReductionPlan of(Geometry kept, Geometry reduced, boolean packed, int multiprocessors) {
    long results = kept.size();
    long count = Math.max(1, reduced.size());
    boolean along = packed || runsAlong(kept, reduced);
    int pack = packed ? Launch.PACK : 1;
    int threads;
    if (along) {
      threads = (int) Math.min(WARP, Long.highestOneBit(Math.max(1, count / (2L * pack))));
      while (threads < Launch.BLOCK
          && results * threads < multiprocessors * 1024L
          && (long) threads * pack * 2 <= count) {
        threads *= 2;
      }
    } else {
      long inner = kept.dim(kept.rank() - 1);
      int width = Math.max(columns(inner), Launch.BLOCK / powerAbove(count));
      threads = Launch.BLOCK / width;
    }
    int width = Launch.BLOCK / threads;
    long tiles = (results + width - 1) / width;
    long wanted = (4L * multiprocessors + tiles - 1) / tiles;
    long each = count / threads;
    if (wanted < 2 || each < 2 * LEAST_WORK) {
      return new ReductionPlan(along, width, 1, count);
    }
    long slices = Math.min(Math.min(wanted, each / LEAST_WORK), MOST_SLICES);
    long chunk = (count + slices - 1) / slices;
    chunk = (chunk + Launch.PACK - 1) / Launch.PACK * Launch.PACK;
    return new ReductionPlan(along, width, (int) ((count + chunk - 1) / chunk), chunk);
  }

  /** The width for results that lie side by side in memory. */
  static int columns(long results) {
    return Math.min(WARP, powerAbove(results));
  }

  private static int powerAbove(long n) {
    int power = 1;
    while (power < n && power < Launch.BLOCK) {
      power *= 2;
    }
    return power;
  }

  /** Whether the elements of one result are closer to each other than those of two results. */
  private static boolean runsAlong(Geometry kept, Geometry reduced) {
    return kept.rank() == 0 || leastStride(reduced) <= leastStride(kept);
  }

  private static long leastStride(Geometry geometry) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < geometry.rank(); i++) {
      if (geometry.stride(0, i) > 0) {
        least = Math.min(least, geometry.stride(0, i));
      }
    }
    return least;
  }

  Grid grid(long results) {
    return new Grid(Math.toIntExact((results + width - 1) / width), slices, 1);
  }
}
