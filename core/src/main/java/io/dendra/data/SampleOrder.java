package io.dendra.data;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which samples of an array belong to a dataset, and in which order each epoch takes them. */
final class SampleOrder {
  private final int[] samples;

  /** Null when every epoch takes the samples as they stand. */
  private final RandomKey shuffleKey;

  private SampleOrder(int[] samples, RandomKey shuffleKey) {
    this.samples = samples;
    this.shuffleKey = shuffleKey;
  }

  static SampleOrder all(int size) {
    return new SampleOrder(IntStream.range(0, size).toArray(), null);
  }

  int size() {
    return samples.length;
  }

  /** The same for the same epoch, whatever was read before. */
  int[] indices(int epoch) {
    if (shuffleKey == null) {
      return samples;
    }
    int[] order = new RandomStream(shuffleKey.fold(epoch)).permutation(samples.length);
    for (int i = 0; i < order.length; i++) {
      order[i] = samples[order[i]];
    }
    return order;
  }

  SampleOrder shuffled(RandomKey key) {
    return new SampleOrder(samples, key);
  }

  /**
   * A part of the order of epoch 0. Later epochs shuffle within that part: were it chosen anew from
   * each epoch's order, validation samples would wander into training.
   */
  SampleOrder range(int from, int to) {
    return new SampleOrder(Arrays.copyOfRange(indices(0), from, to), shuffleKey);
  }
}
