package io.dendra.sweep.samplers;

import io.dendra.random.RandomStream;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Breeds trials from the best ones, generation by generation, for several objectives (K. Deb et
 * al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", 2002).
 *
 * <p>A child takes each parameter from one of two parents, or has it drawn anew. A parameter that
 * neither parent has is drawn at random, so search spaces may have conditions. Needs hundreds of
 * trials: for fewer, {@link TpeSampler} does better.
 */
public final class NsgaIiSampler implements Sampler {
  private final NsgaIiOptions options;
  private final SearchSpaces spaces = new SearchSpaces();
  private final SnapshotCache<Generations> generations;
  private volatile SoftReference<List<Generations.Step>> steps = new SoftReference<>(List.of());

  /** With a population of 50. */
  public NsgaIiSampler() {
    this(options -> {});
  }

  /** With changed settings. */
  public NsgaIiSampler(Consumer<NsgaIiOptions> settings) {
    NsgaIiOptions made = new NsgaIiOptions();
    settings.accept(made);
    this.options = made;
    this.generations = new SnapshotCache<>(this::generations);
  }

  /** Generations that are over stay as they were, whatever came after. */
  private Generations generations(StudySnapshot study) {
    List<Generations.Step> known = steps.get();
    List<Generations.Step> now = new ArrayList<>(known == null ? List.of() : known);
    Generations found = Generations.of(study, options.population(), now);
    steps = new SoftReference<>(now);
    return found;
  }

  @Override
  public Map<String, Distribution> relativeSearchSpace(StudySnapshot study) {
    return spaces.all(study);
  }

  @Override
  public Map<String, Double> sampleRelative(
      SamplingContext context, Map<String, Distribution> space) {
    Generations now = generations.of(context.study());
    context.attributes().accept(Generations.KEY, (long) now.generation());
    return now.generation() == 0 ? Map.of() : child(context.random(), now.parents(), space);
  }

  @Override
  public double sampleIndependent(SamplingContext context, String name, Distribution distribution) {
    return RandomSampler.draw(context.random(), distribution);
  }

  private Map<String, Double> child(
      RandomStream random, List<Generations.Parent> parents, Map<String, Distribution> space) {
    Map<String, ParameterValue> first = winner(random, parents);
    Map<String, ParameterValue> second =
        random.nextDouble() < options.crossover() ? winner(random, parents) : first;
    double mutation = options.mutation(space.size());
    Map<String, Double> child = new HashMap<>();
    space.forEach(
        (name, distribution) -> {
          boolean isAnew = random.nextDouble() < mutation;
          Double one = usable(first.get(name), distribution);
          Double other = usable(second.get(name), distribution);
          Double gene = crossed(random, distribution, one, other);
          if (isAnew) {
            child.put(name, RandomSampler.draw(random, distribution));
          } else if (gene != null) {
            child.put(name, gene);
          }
        });
    return child;
  }

  /** The better of two, by front and then by how alone it is. Parents are in that order. */
  private static Map<String, ParameterValue> winner(
      RandomStream random, List<Generations.Parent> parents) {
    int best = Math.min(random.nextInt(parents.size()), random.nextInt(parents.size()));
    return parents.get(best).trial().parameters();
  }

  private static Double usable(ParameterValue value, Distribution distribution) {
    return value != null
            && distribution.isCompatibleWith(value.distribution())
            && distribution.contains(value.internal())
        ? value.internal()
        : null;
  }

  private Double crossed(RandomStream random, Distribution distribution, Double one, Double other) {
    double swap = random.nextDouble();
    double place = random.nextDouble();
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    if (!options.isSimulatedBinary() || distribution instanceof CategoricalDistribution) {
      return swap < options.swapping() ? other : one;
    }
    double a = UnitInterval.toUnit(distribution, swap < 0.5 ? one : other);
    double b = UnitInterval.toUnit(distribution, swap < 0.5 ? other : one);
    double power = 1 / (options.spread() + 1);
    double beta =
        place < 0.5 ? StrictMath.pow(2 * place, power) : StrictMath.pow(0.5 / (1 - place), power);
    double unit = 0.5 * ((1 + beta) * a + (1 - beta) * b);
    return UnitInterval.fromUnit(distribution, Math.min(Math.max(unit, 0), 1));
  }
}
