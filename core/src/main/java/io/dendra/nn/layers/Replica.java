package io.dendra.nn.layers;

import io.dendra.tensor.Tensor;

/**
 * Which copy of a model's weights a thread computes with, while several compute with one model.
 *
 * <p>Layers ask their parameters for values as always; what they get depends on the thread. So any
 * layer, also one of a user's own, can be trained on several devices at once.
 */
public final class Replica {
  private static final ThreadLocal<Integer> CURRENT = new ThreadLocal<>();

  private Replica() {}

  /** Runs with the weights of a replica, for this thread. */
  public static void run(int number, Runnable body) {
    Integer before = CURRENT.get();
    CURRENT.set(number);
    try {
      body.run();
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  /** That of this thread's replica, or null when it computes for none. */
  static Tensor of(Tensor[] copies) {
    Integer number = CURRENT.get();
    return number == null || number >= copies.length ? null : copies[number];
  }
}
