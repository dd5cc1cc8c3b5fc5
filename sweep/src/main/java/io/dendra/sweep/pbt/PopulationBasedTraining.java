package io.dendra.sweep.pbt;

import io.dendra.sweep.OptimizeOptions;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.samplers.RandomSampler;
import io.dendra.sweep.samplers.Sampler;
import io.dendra.sweep.samplers.SamplingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Population-based training (M. Jaderberg et al., "Population based training of neural networks",
 * 2017): a population trains side by side; after each generation the worst members take over the
 * weights and parameters of the best and change the parameters a little. So parameters become
 * schedules, found in one run.
 *
 * <pre>{@code
 * PopulationBasedTraining pbt = new PopulationBasedTraining(8).epochs(2);
 * try (Study study = Study.create("mnist", o -> o.sampler(pbt).directions(MAXIMIZE))) {
 *   pbt.optimize(study, 10, generation -> {
 *     double rate = generation.trial().suggestFloat("learning_rate", 1e-4, 1e-1, Scale.LOG);
 *     try (Model model = generation.model(() -> build())) {
 *       model.objective().optimizer().setLearningRate(rate);
 *       model.fit(train, o -> o.initialEpoch(generation.firstEpoch())
 *           .epochs(generation.lastEpoch()));
 *       generation.save(model);
 *       return model.evaluate(test).get("accuracy");
 *     }
 *   }, o -> o.workers(4));
 * }
 * }</pre>
 *
 * <p>Each member of each generation is a trial of the study: generation {@code g} of a population
 * of {@code n} are the trials from {@code g * n} on. What a trial begins with follows from the
 * trials of the generation before, so a study that was interrupted goes on where it stood, and any
 * number of workers gives the same. For that, generations wait for each other, as with Ray Tune's
 * {@code synch=True}. Names and defaults are Ray Tune's; the worst member takes over from the best,
 * the second worst from the second best and so on, where Ray draws by lot. Trials note {@code
 * pbt_generation}, {@code pbt_member} and {@code pbt_parent}.
 */
public final class PopulationBasedTraining implements Sampler {
  private static final Logger LOG = LoggerFactory.getLogger(PopulationBasedTraining.class);
  private static final RandomSampler RANDOM = new RandomSampler();
  private static final String CHECKPOINT = "member.dendra";

  private final int population;
  private int epochs = 1;
  private double quantileFraction = 0.25;
  private double resampleProbability = 0.25;
  private Exploration exploration = new Exploration(1.2, 0.8);

  /**
   * Trains a population.
   *
   * @param population how many members it has, at least 2
   */
  public PopulationBasedTraining(int population) {
    if (population < 2) {
      throw new IllegalArgumentException(
          "a population has at least 2 members, given " + population);
    }
    this.population = population;
  }

  /** How many epochs a generation trains; 1 by default. Ray's perturbation interval. */
  public PopulationBasedTraining epochs(int perGeneration) {
    if (perGeneration < 1) {
      throw new IllegalArgumentException(
          "a generation trains at least 1 epoch, given " + perGeneration);
    }
    this.epochs = perGeneration;
    return this;
  }

  /** The share of members that give up, and of those they take over from; 0.25 by default. */
  public PopulationBasedTraining quantileFraction(double share) {
    if (!(share >= 0 && share <= 0.5)) {
      throw new IllegalArgumentException("quantileFraction is 0 to 0.5, given " + share);
    }
    this.quantileFraction = share;
    return this;
  }

  /** How likely a parameter is drawn anew instead of being changed a little; 0.25 by default. */
  public PopulationBasedTraining resampleProbability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability is 0 to 1, given " + probability);
    }
    this.resampleProbability = probability;
    return this;
  }

  /** By what numbers are multiplied, one or the other; 1.2 and 0.8 by default. */
  public PopulationBasedTraining perturbationFactors(double up, double down) {
    if (!(up > 1 && down < 1 && down > 0)) {
      throw new IllegalArgumentException(
          "one factor is above 1 and one between 0 and 1, given " + up + " and " + down);
    }
    this.exploration = new Exploration(up, down);
    return this;
  }

  /**
   * Draws the parameters of the first generation at random; later ones keep those of their parent,
   * or change them when that was another member.
   */
  @Override
  public double sampleIndependent(SamplingContext context, String name, Distribution distribution) {
    Lineage lineage = lineage(context.study(), context.number());
    ParameterValue parents =
        lineage.parent().map(parent -> parent.parameters().get(name)).orElse(null);
    if (parents == null || !distribution.contains(parents.internal())) {
      return RANDOM.sampleIndependent(context, name, distribution);
    }
    if (!lineage.explores()) {
      return parents.internal();
    }
    return context.random().nextDouble() < resampleProbability
        ? RANDOM.sampleIndependent(context, name, distribution)
        : exploration.neighbour(distribution, parents.internal(), context.random());
  }

  private Lineage lineage(StudySnapshot study, int number) {
    return Lineage.of(study, number, population, quantileFraction);
  }

  /**
   * Trains until the study has so many generations, those of earlier runs included. Checkpoints of
   * the last generation and of the best trial stay in the folders of their trials.
   *
   * @param options workers, devices, retries and so on; a number of trials does not count, and a
   *     timeout is that of a generation, of which one that takes longer is the last
   * @throws IllegalArgumentException when the study was not made with this as its sampler, or has
   *     several objectives
   */
  public void optimize(
      Study study, int generations, Member member, Consumer<OptimizeOptions> options)
      throws InterruptedException {
    if (study.sampler() != this) {
      throw new IllegalArgumentException(
          "study '"
              + study.name()
              + "' has another sampler: make it with o -> o.sampler(pbt), where pbt is the"
              + " population that trains");
    }
    if (study.directions().size() != 1) {
      throw new IllegalArgumentException(
          "a population is ranked by one objective, study '"
              + study.name()
              + "' has "
              + study.directions().size());
    }
    for (int generation = 0; generation < generations; generation++) {
      int total = (generation + 1) * population;
      while (!isFinished(study, total)) {
        study.optimize(
            trial -> train(study, trial, member),
            o -> {
              options.accept(o);
              o.trials(Integer.MAX_VALUE).totalTrials(total);
            });
        if (!isFinished(study, total)) {
          if (study.trials().stream().noneMatch(trial -> trial.state() == TrialState.RUNNING)) {
            LOG.info("the time is up in generation {} of study '{}'", generation, study.name());
            return;
          }
          // Other processes have the rest of the generation.
          Thread.sleep(100);
        }
      }
      removeCheckpoints(study, generation);
    }
  }

  private static boolean isFinished(Study study, int total) {
    List<TrialRecord> trials = study.trials();
    return trials.size() >= total
        && trials.subList(0, total).stream().allMatch(trial -> trial.state().isFinished());
  }

  private double train(Study study, Trial trial, Member member) throws Exception {
    Lineage lineage = lineage(study.snapshot(), trial.number());
    Generation generation =
        new Generation(
            trial,
            trial.number() / population,
            trial.number() % population,
            epochs,
            lineage.parent().map(parent -> checkpoint(study, parent.number())),
            trial.directory().resolve(CHECKPOINT));
    trial.attribute("pbt_generation", generation.number());
    trial.attribute("pbt_member", generation.member());
    if (lineage.parent().isPresent()) {
      trial.attribute("pbt_parent", lineage.parent().get().number());
    }
    delete(generation.checkpoint());
    double score = member.train(generation);
    if (!Files.exists(generation.checkpoint())) {
      throw new IllegalStateException(
          "trial "
              + trial.number()
              + " saved nothing for the next generation: call generation.save(model), or write to "
              + generation.checkpoint());
    }
    return score;
  }

  private static Path checkpoint(Study study, int trial) {
    return study.directory(trial).resolve(CHECKPOINT);
  }

  /** Those that nobody will go on from any more. */
  private void removeCheckpoints(Study study, int generation) {
    int end = generation * population;
    int best = study.snapshot().best().map(TrialRecord::number).orElse(-1);
    for (TrialRecord trial : study.trials().subList(0, end)) {
      if (trial.number() != best && trial.state() == TrialState.COMPLETE) {
        delete(checkpoint(study, trial.number()));
      }
    }
  }

  private static void delete(Path checkpoint) {
    if (!Files.exists(checkpoint)) {
      return;
    }
    try (Stream<Path> files = Files.walk(checkpoint)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(checkpoint + " cannot be removed", e);
    }
  }
}
