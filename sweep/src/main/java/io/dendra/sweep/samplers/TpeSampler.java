package io.dendra.sweep.samplers;

import io.dendra.random.RandomStream;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.distributions.Distribution;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Draws where good trials are dense and bad ones are not: the tree-structured Parzen estimator (J.
 * Bergstra et al., "Algorithms for hyper-parameter optimization", 2011; S. Watanabe,
 * "Tree-structured Parzen estimator: understanding its algorithm components and their roles for
 * better empirical performance", 2023).
 *
 * <p>The best tenth of the trials make one density, the others another. Of some draws from the
 * first, the one is taken where the first is largest beside the second.
 *
 * <pre>{@code
 * Study.create("mnist", o -> o.sampler(new TpeSampler(t -> t.startupTrials(20).candidates(48))));
 * }</pre>
 *
 * <p>By default parameters are drawn together, in groups that appear together, since most
 * objectives depend on combinations; parameters with no such ties lose little by it. Running trials
 * count as bad ones with the parameters that they have suggested so far, so that workers spread
 * out. Several objectives are taken at once. A function of settings, snapshot and stream; for
 * several threads.
 */
public final class TpeSampler implements Sampler {
  private final TpeOptions options;
  private final SnapshotCache<TpeSplit> splits;
  private final SearchSpaces spaces = new SearchSpaces();
  private final SnapshotCache<List<Map<String, Distribution>>> groups =
      new SnapshotCache<>(spaces::groups);
  private final RowsCache rows = new RowsCache();

  /** With the default settings. */
  public TpeSampler() {
    this(options -> {});
  }

  /** With changed settings. */
  public TpeSampler(Consumer<TpeOptions> settings) {
    TpeOptions made = new TpeOptions();
    settings.accept(made);
    this.options = made;
    this.splits = new SnapshotCache<>(study -> TpeSplit.of(study, made));
  }

  @Override
  public Map<String, Distribution> relativeSearchSpace(StudySnapshot study) {
    if (!options.isMultivariate() || isStarting(study)) {
      return Map.of();
    }
    if (!options.isGrouped()) {
      return spaces.common(study);
    }
    Map<String, Distribution> all = new TreeMap<>();
    groups.of(study).forEach(all::putAll);
    return all;
  }

  @Override
  public Map<String, Double> sampleRelative(
      SamplingContext context, Map<String, Distribution> space) {
    if (!options.isGrouped()) {
      return draw(context, space);
    }
    Map<String, Double> drawn = new HashMap<>();
    for (Map<String, Distribution> group : groups.of(context.study())) {
      drawn.putAll(draw(context, group));
    }
    return drawn;
  }

  @Override
  public double sampleIndependent(SamplingContext context, String name, Distribution distribution) {
    if (distribution.isSingle() || isStarting(context.study())) {
      return RandomSampler.draw(context.random(), distribution);
    }
    return draw(context, Map.of(name, distribution)).get(name);
  }

  private boolean isStarting(StudySnapshot study) {
    return splits.of(study).observed() < options.startupTrials();
  }

  private Map<String, Double> draw(SamplingContext context, Map<String, Distribution> space) {
    TpeSplit split = splits.of(context.study());
    boolean several = context.study().directions().size() > 1;
    ParzenEstimator promising;
    ParzenEstimator others;
    TrialRows known = rows.of(context.study(), space);
    synchronized (known) {
      known.add(split.good());
      known.add(split.bad());
      Observations good = known.of(split.good(), false);
      double[] weights = options.kernelWeights(good.count(), several);
      promising = new ParzenEstimator(space.values(), good, weights, options);
      Observations bad = known.of(split.bad(), true);
      weights = options.kernelWeights(bad.count(), false);
      others = new ParzenEstimator(space.values(), bad, weights, options);
    }
    RandomStream random = context.random();
    double[][] candidates = promising.draw(random, options.candidates());
    int best = best(promising.logDensities(candidates), others.logDensities(candidates));
    Map<String, Double> drawn = new HashMap<>();
    int d = 0;
    for (String name : space.keySet()) {
      drawn.put(name, candidates[d++][best]);
    }
    return drawn;
  }

  private static int best(double[] promising, double[] others) {
    int best = 0;
    for (int i = 1; i < promising.length; i++) {
      if (promising[i] - others[i] > promising[best] - others[best]) {
        best = i;
      }
    }
    return best;
  }
}
