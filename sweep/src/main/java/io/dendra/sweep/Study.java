package io.dendra.sweep;

import io.dendra.backend.Backends;
import io.dendra.sweep.importance.Fanova;
import io.dendra.sweep.pareto.NonDominatedSort;
import io.dendra.sweep.pruners.Pruner;
import io.dendra.sweep.samplers.Sampler;
import io.dendra.sweep.storage.AttributeKind;
import io.dendra.sweep.storage.Storage;
import io.dendra.sweep.storage.StorageException;
import io.dendra.sweep.storage.StudyExistsException;
import io.dendra.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A search for the parameters with the best value of an objective.
 *
 * <pre>{@code
 * try (Study study = Study.create("parabola", o -> o.sampler(new TpeSampler()).seed(42))) {
 *   study.optimize(
 *       trial -> Math.pow(trial.suggestFloat("x", -10, 10) - 2, 2), o -> o.trials(100));
 *   System.out.println(study.best().parameterValues());
 * }
 * }</pre>
 *
 * <p>Optuna's study, from which names and behaviour come (T. Akiba et al., "Optuna: a
 * next-generation hyperparameter optimization framework", 2019). All methods may be called by
 * several threads, and any number of processes may work on one study at once.
 */
public final class Study implements AutoCloseable {
  private static final String SEED = "dendra:seed";

  /** The system attribute that holds why a trial failed; Optuna's name. */
  static final String CAUSE = "fail_reason";

  /** The causes of all failures, of which the last need not have ended the trial. */
  private static final String FAILURES = "dendra:failures";

  private final Storage storage;
  private final boolean ownsStorage;
  private final StudyRecord record;
  private final Sampler sampler;
  private final Pruner pruner;
  private final long seed;
  private final Path directory;
  private final EnqueuedTrials enqueued = new EnqueuedTrials();
  private final Set<TrialLoop> loops = ConcurrentHashMap.newKeySet();

  private Study(StudyOptions options, StudyRecord record) {
    this.storage = options.storage();
    this.ownsStorage = options.ownsStorage();
    this.record = record;
    this.sampler = options.sampler();
    this.pruner = options.pruner();
    this.seed =
        record.systemAttributes().get(SEED) instanceof Number stored
            ? stored.longValue()
            : options.seed().orElse(0);
    this.directory = options.directory().resolve(record.name());
  }

  /**
   * Makes a study.
   *
   * @throws StudyExistsException when the storage has one of the name and {@link
   *     StudyOptions#loadIfExists} was not called
   */
  public static Study create(String name, Consumer<StudyOptions> settings) {
    StudyOptions options = options(settings);
    return options.orClose(() -> new Study(options, createOrFind(name, options)));
  }

  private static StudyRecord createOrFind(String name, StudyOptions options) {
    if (options.loadsIfExists()) {
      Optional<StudyRecord> existing = options.storage().findStudy(name);
      if (existing.isPresent()) {
        return existing.get();
      }
    }
    try {
      return options
          .storage()
          .createStudy(name, options.directions(), Map.of(SEED, options.seed().orElse(0)));
    } catch (StudyExistsException e) {
      if (options.loadsIfExists()) {
        // Another process was faster.
        return options.storage().findStudy(name).orElseThrow(() -> e);
      }
      throw e;
    }
  }

  /**
   * Goes on with a study, such as one whose process died.
   *
   * @throws StorageException when the storage has none of the name, with the names that it has
   */
  public static Study load(String name, Consumer<StudyOptions> settings) {
    StudyOptions options = options(settings);
    return options.orClose(() -> new Study(options, find(name, options.storage())));
  }

  private static StudyRecord find(String name, Storage storage) {
    return storage
        .findStudy(name)
        .orElseThrow(
            () ->
                new StorageException(
                    "there is no study '"
                        + name
                        + "'; there are "
                        + storage.studies().stream().map(StudyRecord::name).toList()));
  }

  private static StudyOptions options(Consumer<StudyOptions> settings) {
    StudyOptions options = new StudyOptions();
    settings.accept(options);
    return options;
  }

  /** Its name in the storage. */
  public String name() {
    return record.name();
  }

  /** Which values are better, for each objective. */
  public List<Direction> directions() {
    return record.directions();
  }

  /** From which all random numbers of the study come. */
  public long seed() {
    return seed;
  }

  /** What users noted about it by {@link #attribute}: values of JSON. */
  public Map<String, Object> attributes() {
    return storage.findStudy(name()).map(StudyRecord::userAttributes).orElse(Map.of());
  }

  /**
   * Notes something about the study.
   *
   * @param value of JSON: string, number, truth value, null, or a list or map of such
   */
  public void attribute(String key, Object value) {
    storage.setStudyAttribute(record.id(), AttributeKind.USER, key, value);
  }

  /** The folder in which its trials have theirs. */
  public Path directory() {
    return directory;
  }

  /** Where the files of a trial are, which may not have been made yet. */
  public Path directory(int trial) {
    return directory.resolve("trial-" + trial);
  }

  /** What draws the parameters of its trials. */
  public Sampler sampler() {
    return sampler;
  }

  /** All trials, in the order of their numbers. */
  public List<TrialRecord> trials() {
    return storage.trials(record.id());
  }

  /** The study at this moment, as samplers and pruners see it. */
  public StudySnapshot snapshot() {
    List<TrialRecord> trials = new ArrayList<>(trials());
    trials.removeIf(trial -> trial.state() == TrialState.WAITING);
    return new StudySnapshot(directions(), trials);
  }

  /**
   * The complete trial with the best value.
   *
   * @throws IllegalStateException when none is complete, or the study has several objectives
   */
  public TrialRecord best() {
    requireOneObjective("one best trial");
    return snapshot()
        .best()
        .orElseThrow(
            () -> new IllegalStateException("no trial of study '" + name() + "' is complete"));
  }

  /**
   * How much each parameter matters: its share of the objective's variance, the largest first.
   *
   * @throws IllegalStateException when the study has several objectives; {@link Fanova} takes one
   */
  public Map<String, Double> importances() {
    requireOneObjective("one importance of a parameter");
    return new Fanova().evaluate(snapshot());
  }

  /**
   * The complete trials that no other is better than in one objective without being worse in
   * another: the Pareto front. Of one objective, the best trial with those that equal it.
   */
  public List<TrialRecord> bestTrials() {
    StudySnapshot now = snapshot();
    List<TrialRecord> complete = now.in(TrialState.COMPLETE);
    double[][] losses = complete.stream().map(now::losses).toArray(double[][]::new);
    int[] ranks = NonDominatedSort.ranks(losses);
    return IntStream.range(0, ranks.length)
        .filter(i -> ranks[i] == 0)
        .mapToObj(complete::get)
        .toList();
  }

  /**
   * Tries an objective many times.
   *
   * @throws InterruptedException when the thread is interrupted; running trials wait again then
   */
  public SweepSummary optimize(Objective objective, Consumer<OptimizeOptions> settings)
      throws InterruptedException {
    OptimizeOptions options = new OptimizeOptions();
    settings.accept(options);
    return new TrialLoop(this, objective, options).run();
  }

  /**
   * Lets the sweeps of this study start no more trials; those that run end as they would. For
   * objectives and listeners, such as one that has seen a value that is good enough.
   *
   * @throws IllegalStateException when no sweep is running
   */
  public void stop() {
    if (loops.isEmpty()) {
      throw new IllegalStateException(
          "study '"
              + name()
              + "' runs no sweep here, so there is none to stop: call stop() from an objective or a"
              + " listener while optimize runs");
    }
    loops.forEach(TrialLoop::stop);
  }

  /**
   * Adds a trial with given parameters, to be run before new ones are drawn. Parameters left out
   * are drawn.
   *
   * @throws IllegalArgumentException when the study has trials and none has a parameter of a name
   */
  public void enqueue(Map<String, ?> parameters) {
    KnownParameters.require(parameters.keySet(), trials());
    storage.addTrial(
        record.id(),
        new TrialRecord(
            0,
            0,
            TrialState.WAITING,
            List.of(),
            null,
            null,
            Map.of(),
            Collections.emptyNavigableMap(),
            Map.of(),
            Map.of(StudyTrial.FIXED, new LinkedHashMap<>(parameters))));
  }

  /**
   * Starts a trial, to be ended by {@link #tell}, {@link #tellPruned} or {@link #tellFailed}.
   *
   * @throws IllegalStateException when the sampler has nothing left to try
   */
  public Trial ask() {
    return ask(Integer.MAX_VALUE, Backends.defaultDevice())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "study '"
                        + name()
                        + "' has tried all that its sampler has: ask(limit, device) is empty then"));
  }

  /** The number of trials at which new ones end, also when the sampler has no more. */
  int limited(int limit, List<TrialRecord> trials) {
    OptionalInt most = sampler.limit();
    if (most.isEmpty()) {
      return limit;
    }
    return (int) Math.min(limit, (long) most.getAsInt() + enqueued.count(trials));
  }

  /**
   * Starts a trial, unless none waits and the study has enough.
   *
   * @param limit on the number of trials of the study
   * @param device on which it is to run
   */
  public Optional<Trial> ask(int limit, Device device) {
    return ask(limit, device, Map.of());
  }

  /** Starts a trial that notes something of the library, such as where it runs. */
  Optional<Trial> ask(int limit, Device device, Map<String, Object> notes) {
    List<TrialRecord> before = trials();
    return storage
        .startTrial(
            record.id(),
            Owner.here().fresh(),
            limited(limit, before),
            trial -> SeenTrials.noted(trial, before, notes))
        .map(trial -> started(trial, before, device));
  }

  private Trial started(TrialRecord trial, List<TrialRecord> before, Device device) {
    // Its place among the others needs all that come before it, which others may have added.
    List<TrialRecord> all = trial.number() > before.size() ? trials() : before;
    List<TrialRecord> visible = SeenTrials.of(trial, all).orElseThrow();
    return new StudyTrial(this, trial, seen(trial, visible, all), device);
  }

  private ParameterDraws.Seen seen(
      TrialRecord trial, List<TrialRecord> visible, List<TrialRecord> all) {
    StudySnapshot snapshot = new StudySnapshot(directions(), visible);
    return new ParameterDraws.Seen(
        pruner.comparable(snapshot, trial.number()), enqueued.place(trial, all));
  }

  /**
   * Draws the parameters of a trial again, from what it saw when it began: the proof that a study
   * of many workers came from its seed. Needs the sampler, pruner and seed that it had.
   *
   * @throws IllegalArgumentException when the trial was not begun by this library, such as one that
   *     was added with its values
   */
  public Map<String, Object> redraw(int number) {
    List<TrialRecord> all = trials();
    TrialRecord trial = all.get(number);
    List<TrialRecord> visible =
        SeenTrials.of(trial, all)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "trial "
                            + number
                            + " of study '"
                            + name()
                            + "' has no record of what it saw"));
    ParameterDraws draws =
        new ParameterDraws(sampler, seed, trial, seen(trial, visible, all), (key, value) -> {});
    Map<String, Object> drawn = new LinkedHashMap<>();
    trial
        .parameters()
        .forEach(
            (name, known) ->
                drawn.put(
                    name, known.distribution().decode(draws.draw(name, known.distribution()))));
    return drawn;
  }

  /**
   * Ends a trial with its values, one for each direction. A NaN makes it fail.
   *
   * @throws LostTrialException when another worker has it now
   * @throws IllegalArgumentException when the number of values is wrong
   */
  public void tell(Trial trial, double... values) {
    if (values.length != directions().size()) {
      throw wrongNumber(trial, values.length);
    }
    List<Double> told = new ArrayList<>();
    for (double value : values) {
      if (Double.isNaN(value)) {
        tellFailed(trial, new ArithmeticException("the objective gave NaN"));
        return;
      }
      told.add(value);
    }
    storage.finish(own(trial).lease(), TrialState.COMPLETE, told);
  }

  IllegalArgumentException wrongNumber(Trial trial, int values) {
    return new IllegalArgumentException(
        "study '"
            + name()
            + "' has "
            + directions().size()
            + " objectives, trial "
            + trial.number()
            + " told "
            + values
            + " values");
  }

  /** Ends a trial early; the last value that it reported becomes its value. */
  public void tellPruned(Trial trial) {
    StudyTrial own = own(trial);
    List<Double> last =
        trials().get(trial.number()).reports().descendingMap().values().stream()
            .limit(1)
            .filter(value -> !value.isNaN())
            .toList();
    storage.finish(own.lease(), TrialState.PRUNED, last);
  }

  /** Ends a trial that failed, with its cause. */
  public void tellFailed(Trial trial, Throwable cause) {
    StudyTrial own = own(trial);
    storage.setTrialAttribute(own.lease(), AttributeKind.SYSTEM, CAUSE, Causes.text(cause));
    storage.finish(own.lease(), TrialState.FAIL, List.of());
  }

  /** Notes a failure after which a trial may be tried again; returns how many it has had. */
  int noteFailure(Trial trial, Throwable cause) {
    StudyTrial own = own(trial);
    List<Object> failures = new ArrayList<>();
    if (trials().get(trial.number()).systemAttributes().get(FAILURES) instanceof List<?> earlier) {
      failures.addAll(earlier);
    }
    failures.add(Causes.text(cause));
    storage.setTrialAttribute(own.lease(), AttributeKind.SYSTEM, FAILURES, failures);
    return failures.size();
  }

  /** Makes a running trial wait again, for another worker or a later run. */
  public void giveBack(Trial trial) {
    storage.giveBack(own(trial).lease());
  }

  private StudyTrial own(Trial trial) {
    if (trial instanceof StudyTrial own && own.study() == this) {
      return own;
    }
    throw new IllegalArgumentException(
        "trial " + trial.number() + " does not come from this study's ask");
  }

  void requireOneObjective(String what) {
    if (directions().size() != 1) {
      throw new IllegalStateException(
          "there is no "
              + what
              + " with several objectives: study '"
              + name()
              + "' has "
              + directions().size());
    }
  }

  void add(TrialLoop loop) {
    loops.add(loop);
  }

  void remove(TrialLoop loop) {
    loops.remove(loop);
  }

  Storage storage() {
    return storage;
  }

  long id() {
    return record.id();
  }

  Pruner pruner() {
    return pruner;
  }

  /** Closes the storage, if the study made it. */
  @Override
  public void close() {
    if (ownsStorage) {
      storage.close();
    }
  }
}
