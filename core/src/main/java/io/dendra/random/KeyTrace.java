package io.dendra.random;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How keys were made from a root, so that the keys which another root would have given can be told.
 *
 * <p>Captured work draws its numbers by the keys of the step it was captured in; each replay needs
 * those of its own step.
 */
public final class KeyTrace {
  private static final ThreadLocal<KeyTrace> CURRENT = new ThreadLocal<>();

  private final RandomKey root;
  private final Map<RandomKey, Fold> folds = new HashMap<>();

  private record Fold(RandomKey from, long number) {}

  /** A trace of the keys made from a root. */
  public KeyTrace(RandomKey root) {
    this.root = root;
  }

  /** Runs while noting the keys that this thread makes. */
  public <T> T during(Supplier<T> body) {
    KeyTrace before = CURRENT.get();
    CURRENT.set(this);
    try {
      return body.get();
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  static void note(RandomKey from, long number, RandomKey made) {
    KeyTrace trace = CURRENT.get();
    if (trace != null) {
      trace.folds.put(made, new Fold(from, number));
    }
  }

  /** Whether a key comes from the root. */
  public boolean contains(RandomKey key) {
    RandomKey at = key;
    while (at != null && !at.equals(root)) {
      Fold fold = folds.get(at);
      at = fold == null ? null : fold.from;
    }
    return at != null;
  }

  /**
   * The key that another root gives in the same way.
   *
   * @throws IllegalArgumentException when the key does not come from the root
   */
  public RandomKey rebase(RandomKey key, RandomKey other) {
    if (key.equals(root)) {
      return other;
    }
    Fold fold = folds.get(key);
    if (fold == null) {
      throw new IllegalArgumentException("the key does not come from the root of the trace");
    }
    return rebase(fold.from, other).fold(fold.number);
  }
}
