package io.dendra.training.parallel;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a batch that one device works on.
 *
 * @param from the first
 * @param to the one after the last
 * @param share its part of the batch, by which its mean counts in that of the batch
 */
public record Shard(int from, int to, double share) {
  /** The number of rows. */
  public int rows() {
    return to - from;
  }

  /**
   * Parts of a batch, one behind the other, whose sizes differ by one at most. With fewer rows than
   * parts the last ones are empty.
   */
  public static List<Shard> split(int rows, int parts) {
    List<Shard> shards = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < parts; i++) {
      int to = from + rows / parts + (i < rows % parts ? 1 : 0);
      shards.add(new Shard(from, to, rows == 0 ? 0 : (to - from) / (double) rows));
      from = to;
    }
    return shards;
  }
}
