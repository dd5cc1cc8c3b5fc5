package io.dendra.sweep.samplers;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import java.util.Arrays;
import java.util.List;

/**
 * Where a search with restarts stands after some generations.
 *
 * @param generation counted over all restarts
 * @param restarts how many there were
 * @param population of the present search
 * @param firstSize of the present search
 * @param spentLarge trials of searches with large populations
 * @param spentSmall trials of searches with small ones
 * @param isSmall whether the present search is one of those
 * @param state of the present search
 * @param fingerprint of all that has led here
 */
record CmaRun(
    int generation,
    int restarts,
    int population,
    double firstSize,
    long spentLarge,
    long spentSmall,
    boolean isSmall,
    CmaState state,
    long fingerprint) {
  static CmaRun start(CmaEsOptions options, int dimensions, long fingerprint) {
    double[] middle = new double[dimensions];
    Arrays.fill(middle, 0.5);
    return new CmaRun(
        0,
        0,
        options.populationFor(dimensions),
        options.size(),
        0,
        0,
        false,
        new CmaState(middle, options.size()),
        fingerprint);
  }

  /**
   * After a generation.
   *
   * @param points from the best to the worst
   * @param values of coordinates with gaps, as for {@link CmaMargin}
   */
  CmaRun next(
      CmaEsOptions options, List<double[]> points, int[] values, RandomKey key, long print) {
    CmaState next = state.next(points);
    if (options.hasMargin()) {
      next = CmaMargin.apply(next, values, population);
    }
    long large = spentLarge + (isSmall ? 0 : points.size());
    long small = spentSmall + (isSmall ? points.size() : 0);
    CmaRun run =
        new CmaRun(
            generation + 1, restarts, population, firstSize, large, small, isSmall, next, print);
    boolean ends = options.restart() != CmaEsOptions.Restart.NONE && next.hasConverged(firstSize);
    return ends ? run.restarted(options, key) : run;
  }

  private CmaRun restarted(CmaEsOptions options, RandomKey key) {
    int n = state.mean.length;
    RandomStream random = new RandomStream(key.fold("cma restart").fold(restarts));
    double[] mean = new double[n];
    Arrays.setAll(mean, i -> random.nextDouble());
    int basic = options.populationFor(n);
    boolean small =
        options.restart() == CmaEsOptions.Restart.BIPOP && restarts > 0 && spentSmall < spentLarge;
    // Large populations double each time; small searches do not count.
    int large = isSmall ? population : Math.min(population * 2, 1 << 16);
    double smaller = StrictMath.pow(0.5 * large / basic, Math.pow(random.nextDouble(), 2));
    int nextPopulation = small ? Math.max(basic, (int) (basic * smaller)) : large;
    double size =
        small ? options.size() * StrictMath.pow(10, -2 * random.nextDouble()) : options.size();
    return new CmaRun(
        generation,
        restarts + 1,
        nextPopulation,
        size,
        spentLarge,
        spentSmall,
        small,
        new CmaState(mean, size),
        fingerprint);
  }
}
