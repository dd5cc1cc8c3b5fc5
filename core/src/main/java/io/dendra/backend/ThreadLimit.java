package io.dendra.backend;

import java.util.concurrent.Callable;

/**
 * How many threads an operation may take at most, when it is called by a certain thread: so that
 * several trainings at once on one CPU do not fight for its cores.
 *
 * <pre>{@code
 * History history = ThreadLimit.call(2, () -> model.fit(data, o -> o.epochs(3)));
 * }</pre>
 *
 * <p>The limit never changes a result: work is cut as it would be without, only by fewer threads at
 * once.
 */
public final class ThreadLimit {
  private static final ThreadLocal<Integer> SCOPED = new ThreadLocal<>();

  private ThreadLimit() {}

  /**
   * Calls something with a limit for this thread, the caller included: with 1 it works alone. A
   * limit within another can only be lower.
   *
   * @throws Exception what the body throws
   */
  public static <T> T call(int limit, Callable<T> body) throws Exception {
    if (limit < 1) {
      throw new IllegalArgumentException("at least one thread is needed, given " + limit);
    }
    Integer before = SCOPED.get();
    SCOPED.set(atMost(limit));
    try {
      return body.call();
    } finally {
      if (before == null) {
        SCOPED.remove();
      } else {
        SCOPED.set(before);
      }
    }
  }

  /** A number of threads, or the limit of this thread if that is lower. */
  public static int atMost(int threads) {
    Integer limit = SCOPED.get();
    return limit == null ? threads : Math.min(limit, threads);
  }
}
