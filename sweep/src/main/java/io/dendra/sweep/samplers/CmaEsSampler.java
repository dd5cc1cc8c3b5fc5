package io.dendra.sweep.samplers;

import io.dendra.sweep.Direction;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Draws from a normal distribution that moves to where trials are good and takes on the shape of
 * the valley there: CMA-ES (N. Hansen, A. Ostermeier, "Completely derandomized self-adaptation in
 * evolution strategies", 2001). For numbers, of which some may be whole, that do not depend on
 * conditions; and for hundreds of trials.
 *
 * <p>Choices, and parameters that only some trials have, are drawn by another sampler. A trial
 * notes its generation; the distribution follows from the trials that a snapshot has of each, so
 * that a study goes on in another process. A generation takes all its finished trials, however many
 * workers made them; pruned ones count as worse than complete ones. One objective only.
 */
public final class CmaEsSampler implements Sampler {
  /** The system attribute with the generation and the parameters that it is about. */
  static final String GENERATION = "cma:generation";

  /** The system attribute with the places of numbers with gaps, before they were rounded. */
  static final String PLACES = "cma:places";

  private static final int HISTORIES = 8;

  private final CmaEsOptions options = new CmaEsOptions();
  private final Sampler independent;
  private final SearchSpaces spaces = new SearchSpaces();
  private final Map<Searched, CmaHistory> histories =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Searched, CmaHistory> eldest) {
              return size() > HISTORIES;
            }
          });

  /** What a search goes through, and where to. */
  private record Searched(Map<String, Distribution> space, List<Direction> directions) {}

  /** With the default settings. */
  public CmaEsSampler() {
    this(options -> {});
  }

  /** With changed settings; what it cannot draw is drawn at random. */
  public CmaEsSampler(Consumer<CmaEsOptions> settings) {
    this(settings, new RandomSampler());
  }

  /** With changed settings, and a sampler for what it cannot draw. */
  public CmaEsSampler(Consumer<CmaEsOptions> settings, Sampler independent) {
    settings.accept(options);
    this.independent = independent;
  }

  /**
   * The numbers that all trials have.
   *
   * @throws IllegalStateException when the study has several objectives
   */
  @Override
  public Map<String, Distribution> relativeSearchSpace(StudySnapshot study) {
    if (study.directions().size() != 1) {
      throw new IllegalStateException(
          "CmaEsSampler needs a study of one objective, this has "
              + study.directions().size()
              + ": use TpeSampler or NsgaIiSampler");
    }
    int observed = 0;
    for (TrialRecord trial : study.trials()) {
      observed += SearchSpaces.isObserved(trial) ? 1 : 0;
    }
    if (observed < options.startupTrials()) {
      return Map.of();
    }
    Map<String, Distribution> space = new TreeMap<>(spaces.common(study));
    space.values().removeIf(CategoricalDistribution.class::isInstance);
    return space;
  }

  @Override
  public Map<String, Double> sampleRelative(
      SamplingContext context, Map<String, Distribution> together) {
    Map<String, Distribution> space = new TreeMap<>(together);
    CmaHistory history =
        histories.computeIfAbsent(
            new Searched(space, context.study().directions()),
            searched -> new CmaHistory(options, space, searched.directions()));
    CmaRun run = history.replay(context);
    int n = space.size();
    double[] point = run.state().draw(context.random());
    for (int i = 0; i < 10 * n && !isInside(point); i++) {
      point = run.state().draw(context.random());
    }
    Map<String, Double> drawn = new HashMap<>();
    Map<String, Object> places = new TreeMap<>();
    int i = 0;
    for (Map.Entry<String, Distribution> parameter : space.entrySet()) {
      double place = Math.min(Math.max(point[i++], 0), 1);
      drawn.put(parameter.getKey(), UnitInterval.fromUnit(parameter.getValue(), place));
      if (UnitInterval.isStepped(parameter.getValue())) {
        places.put(parameter.getKey(), place);
      }
    }
    context.attributes().accept(GENERATION, history.label(run.generation()));
    if (!places.isEmpty()) {
      context.attributes().accept(PLACES, places);
    }
    return drawn;
  }

  @Override
  public double sampleIndependent(SamplingContext context, String name, Distribution distribution) {
    return independent.sampleIndependent(context, name, distribution);
  }

  private static boolean isInside(double[] point) {
    return Arrays.stream(point).allMatch(x -> x >= 0 && x <= 1);
  }
}
