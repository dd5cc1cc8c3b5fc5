package io.dendra.sweep.pareto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A few points of a front that together dominate much, chosen one after another (A. Guerreiro, C.
 * Fonseca, L. Paquete, "Greedy hypervolume subset selection in low dimensions", 2016): at least 63
 * percent of the best choice.
 */
public final class HypervolumeSubset {
  private HypervolumeSubset() {}

  /**
   * The indices of the chosen points, in the order of choice.
   *
   * <p>What a point adds only shrinks as others are chosen. So a point is looked at again only when
   * what it once added is more than the best of this round.
   *
   * @param losses points, of which at least {@code size}
   */
  public static int[] choose(double[][] losses, double[] reference, int size) {
    if (!Arrays.stream(reference).allMatch(Double::isFinite)) {
      int[] first = new int[size];
      Arrays.setAll(first, i -> i);
      return first;
    }
    PriorityQueue<Gain> queue =
        new PriorityQueue<>(
            (a, b) ->
                a.volume != b.volume
                    ? Double.compare(b.volume, a.volume)
                    : Integer.compare(a.index, b.index));
    for (int i = 0; i < losses.length; i++) {
      queue.add(new Gain(i, Hypervolume.of(new double[][] {losses[i]}, reference), 0));
    }
    List<double[]> chosen = new ArrayList<>();
    int[] indices = new int[size];
    double volume = 0;
    while (chosen.size() < size) {
      Gain best = queue.remove();
      if (best.round == chosen.size()) {
        indices[chosen.size()] = best.index;
        chosen.add(losses[best.index]);
        volume += best.volume;
      } else {
        List<double[]> with = new ArrayList<>(chosen);
        with.add(losses[best.index]);
        double gain = Hypervolume.of(with.toArray(new double[0][]), reference) - volume;
        queue.add(new Gain(best.index, Math.max(gain, 0), chosen.size()));
      }
    }
    return indices;
  }

  /** What a point adds, as computed when so many were chosen. */
  private record Gain(int index, double volume, int round) {}
}
