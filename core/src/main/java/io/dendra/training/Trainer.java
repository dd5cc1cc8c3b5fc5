package io.dendra.training;

import io.dendra.autograd.Autograd;
import io.dendra.backend.Backends;
import io.dendra.data.Batch;
import io.dendra.data.BatchIterator;
import io.dendra.data.DataException;
import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Parameter;
import io.dendra.random.RandomKey;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.tensor.TensorSpec;
import io.dendra.training.Objective.OutputMetric;
import io.dendra.training.parallel.DeviceList;
import io.dendra.training.parallel.Replicas;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains and evaluates a compiled model. {@code model.fit} makes one; a training of one's own
 * overrides {@link #trainStep}:
 *
 * <pre>{@code
 * new Trainer(model) {
 *   @Override
 *   protected Tensor trainStep(List<Tensor> inputs, List<Tensor> targets, List<Tensor> weights, CallContext c) {
 *     …
 *   }
 * }.fit(data, o -> o.epochs(5));
 * }</pre>
 */
public class Trainer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  private final Model model;
  private final Objective objective;
  private Map<String, OutputMetric> metrics = Map.of();
  private boolean metricsMade;
  private double lossSum;
  private long lossSamples;
  private StepCapture capture;
  private Replicas replicas;

  /**
   * A trainer of a model.
   *
   * @throws IllegalStateException when the model has not been compiled
   */
  public Trainer(Model model) {
    this.model = model;
    this.objective = model.objective();
  }

  /** The model. */
  public Model model() {
    return model;
  }

  // ---- one step

  /**
   * One step of training: forward, backward, optimizer. Runs in a scope of its own.
   *
   * @param inputs {@code [batch, ...]}
   * @param targets {@code [batch, ...]}
   * @param weights of the samples, one tensor {@code [batch]} per target, or none
   * @param context of this step
   * @return the loss, a single number
   */
  protected Tensor trainStep(
      List<Tensor> inputs, List<Tensor> targets, List<Tensor> weights, CallContext context) {
    TrainingStep.Result result =
        new TrainingStep(model, objective).run(inputs, targets, weights, context);
    measure(targets, result.predictions(), weights);
    return result.loss();
  }

  /** Adds a batch to the metrics; for {@link #trainStep}. */
  protected final void measure(
      List<Tensor> targets, List<Tensor> predictions, List<Tensor> weights) {
    if (metrics.isEmpty()) {
      return;
    }
    Autograd.noGrad(
        () ->
            metrics
                .values()
                .forEach(
                    metric -> {
                      int i = metric.output();
                      metric
                          .metric()
                          .update(
                              targets.get(i),
                              predictions.get(i).detach(),
                              weights.isEmpty() ? null : weights.get(i));
                    }));
  }

  /**
   * Trains on a batch and gives its loss. Steps on batches of shapes that come again are replayed,
   * with memory that is kept until the trainer is closed.
   */
  public double trainOnBatch(Batch batch, RandomKey key) {
    if (capture == null && !hasOwnStep()) {
      capture = new StepCapture(new TrainingStep(model, objective));
    }
    return step(batch, key);
  }

  private double eagerStep(Batch batch, RandomKey key) {
    try (TensorScope scope = TensorScope.open("train step")) {
      Loaded loaded = load(batch);
      prepareMetrics();
      double loss =
          trainStep(loaded.inputs, loaded.targets, loaded.weights, CallContext.training(key))
              .item();
      add(loss, batch.size());
      return loss;
    }
  }

  private boolean hasOwnStep() {
    for (Class<?> type = getClass(); type != Trainer.class; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().equals("trainStep")) {
          return true;
        }
      }
    }
    return false;
  }

  private double step(Batch batch, RandomKey key) {
    if (replicas != null) {
      return replicatedStep(batch, key);
    }
    return capture == null ? eagerStep(batch, key) : capturedStep(batch, key);
  }

  /** A step that is replayed where that can be. */
  private double capturedStep(Batch batch, RandomKey key) {
    CapturedStep step;
    try {
      step = capture.run(batch, key);
    } catch (IndexOutOfBoundsException e) {
      // Found before any weight has changed; the step as it is tells it in full.
      LOG.debug("A replayed step met an index out of range", e);
      step = null;
    }
    if (step == null) {
      return eagerStep(batch, key);
    }
    try (TensorScope scope = TensorScope.open("metrics")) {
      prepareMetrics();
      measure(step.targets(), step.result().predictions(), step.weights());
      double loss = step.result().loss().item();
      add(loss, batch.size());
      return loss;
    }
  }

  /** {@link #trainStep} with the forward and backward pass spread over the replicas. */
  private double replicatedStep(Batch batch, RandomKey key) {
    try (TensorScope scope = TensorScope.open("train step")) {
      initialize(batch);
      prepareMetrics();
      List<Parameter> parameters = model.trainableParameters();
      Replicas.Result result =
          replicas.run(
              parameters,
              batch.size(),
              key,
              (shard, context) ->
                  forward(batch.rows(shard.from(), shard.to()), context, parameters));
      if (objective.optimizer().apply(parameters, result.gradients())) {
        result.applyUpdates();
      }
      if (!metrics.isEmpty()) {
        measure(load(batch.targets()), result.predictions(), load(batch.sampleWeights()));
      }
      double loss = result.loss().item();
      replicas.await();
      add(loss, batch.size());
      return loss;
    }
  }

  private Replicas.Forward forward(Batch rows, CallContext context, List<Parameter> parameters) {
    Device device = Backends.defaultDevice();
    List<Tensor> predictions = model.apply(load(rows.inputs(), device), context);
    List<Tensor> targets = load(rows.targets(), device);
    List<Tensor> weights = load(rows.sampleWeights(), device);
    Tensor loss = objective.loss(targets, predictions, weights, context, parameters);
    Tensor scaled = objective.optimizer().scaleLoss(loss);
    return new Replicas.Forward(loss, scaled, metrics.isEmpty() ? List.of() : predictions);
  }

  private double testOnBatch(Batch batch) {
    try (TensorScope scope = TensorScope.open("test step")) {
      Loaded loaded = load(batch);
      return Autograd.noGrad(
          () -> {
            CallContext context = CallContext.inference();
            List<Tensor> predictions = model.apply(loaded.inputs, context);
            Tensor loss =
                objective.loss(
                    loaded.targets,
                    predictions,
                    loaded.weights,
                    context,
                    model.trainableParameters());
            prepareMetrics();
            measure(loaded.targets, predictions, loaded.weights);
            double value = loss.item();
            add(value, batch.size());
            return value;
          });
    }
  }

  private record Loaded(List<Tensor> inputs, List<Tensor> targets, List<Tensor> weights) {}

  private void initialize(Batch batch) {
    model.initialize(
        batch.inputs().stream().map(x -> new TensorSpec(x.shape(), x.dtype())).toList());
  }

  private Loaded load(Batch batch) {
    initialize(batch);
    return new Loaded(load(batch.inputs()), load(batch.targets()), load(batch.sampleWeights()));
  }

  private List<Tensor> load(List<NDArray> arrays) {
    return load(arrays, model.device());
  }

  private static List<Tensor> load(List<NDArray> arrays, Device device) {
    return arrays.stream().map(array -> Tensor.of(array, device)).toList();
  }

  // ---- sums over an epoch

  private void prepareMetrics() {
    if (!metricsMade) {
      metrics = objective.metrics(model.outputCount());
      metricsMade = true;
    }
  }

  void reset() {
    lossSum = 0;
    lossSamples = 0;
    metrics.values().forEach(metric -> metric.metric().reset());
  }

  private void add(double loss, int samples) {
    lossSum += loss * samples;
    lossSamples += samples;
  }

  double meanLoss() {
    return lossSamples == 0 ? Double.NaN : lossSum / lossSamples;
  }

  private Map<String, Double> logs(String prefix) {
    Map<String, Double> logs = new LinkedHashMap<>();
    logs.put(prefix + "loss", meanLoss());
    metrics.forEach((name, metric) -> logs.put(prefix + name, metric.metric().result()));
    return logs;
  }

  // ---- loops

  /** Configures {@link #fit}. */
  @FunctionalInterface
  public interface FitConfiguration {
    /** Sets options. */
    FitOptions configure(FitOptions options);
  }

  /**
   * Trains.
   *
   * @throws TrainingInterruptedException when the thread is interrupted, between two steps
   */
  public History fit(Dataset data, FitConfiguration configuration) {
    FitOptions options = configuration.configure(new FitOptions());
    RandomKey key = RandomKey.of(model.seed()).fold("fit");
    Dataset train = data;
    Dataset validation = options.validation();
    if (options.validationSplit() > 0) {
      Dataset.Split split = data.split(options.validationSplit());
      train = split.train();
      validation = split.validation();
    }
    if (options.shuffle() && train.size().isPresent()) {
      train = train.shuffle(key.fold("shuffle"));
    }
    train = batched(train, options.batchSize());
    if (options.prefetch() > 0) {
      train = train.prefetch(options.prefetch());
    }
    OptionalLong batches = train.batches();
    if (batches.isPresent()) {
      batches = OptionalLong.of(Math.min(batches.getAsLong(), options.stepsPerEpoch()));
    }
    TrainingRun run = new TrainingRun(this, model, options.epochs(), batches);
    FitLoop loop = new FitLoop(this, run, options, train, validation, key.fold("steps"));
    return options.devices().isEmpty() ? runCapturing(loop) : fitOn(options.devices(), loop);
  }

  private History runCapturing(FitLoop loop) {
    if (hasOwnStep()) {
      return loop.run();
    }
    StepCapture before = capture;
    try (StepCapture steps = new StepCapture(new TrainingStep(model, objective))) {
      capture = steps;
      return loop.run();
    } finally {
      capture = before;
    }
  }

  private History fitOn(List<Device> devices, FitLoop loop) {
    if (devices.size() == 1) {
      DeviceList.place(model, devices);
      return runCapturing(loop);
    }
    if (hasOwnStep()) {
      throw new IllegalArgumentException(
          getClass().getName()
              + " has a trainStep of its own, which is a step on one device: train it on one, or"
              + " put what it computes into a layer or a loss");
    }
    try (Replicas all = new Replicas(model, devices)) {
      replicas = all;
      return loop.run();
    } finally {
      replicas = null;
    }
  }

  /** One epoch of training; gives the seconds spent on waiting for data. */
  double trainEpoch(
      Dataset data, int epoch, RandomKey key, long steps, TrainingRun run, FitLoop loop) {
    reset();
    RandomKey epochKey = key.fold(epoch);
    int step = 0;
    long waited = 0;
    try (BatchIterator batches = data.iterator(epoch)) {
      while (step < steps && run.stopReason() == null) {
        long before = System.nanoTime();
        Batch batch = batches.hasNext() ? batches.next() : null;
        waited += System.nanoTime() - before;
        if (batch == null) {
          break;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new TrainingInterruptedException(epoch, step, null);
        }
        loop.batchDone(step, step(batch, epochKey.fold(step)));
        step++;
      }
    } catch (DataException e) {
      if (Thread.currentThread().isInterrupted()) {
        // The thread was waiting for its next batch.
        throw new TrainingInterruptedException(epoch, step, e);
      }
      throw e;
    }
    if (lossSamples == 0) {
      throw new IllegalArgumentException("the training data have no samples");
    }
    return waited / 1e9;
  }

  Map<String, Double> trainLogs() {
    Map<String, Double> logs = logs("");
    logs.putAll(objective.extraLogs());
    return logs;
  }

  Map<String, Double> validate(Dataset data, int batchSize) {
    run(batched(data, batchSize));
    return logs("val_");
  }

  /** The loss and the metrics on a dataset. */
  public Evaluation evaluate(Dataset data, int batchSize) {
    run(batched(data, batchSize));
    return new Evaluation(logs(""));
  }

  private void run(Dataset data) {
    reset();
    try (BatchIterator batches = data.iterator(0)) {
      while (batches.hasNext()) {
        testOnBatch(batches.next());
      }
    }
  }

  private static Dataset batched(Dataset data, int batchSize) {
    return data.isBatched() ? data : data.batch(batchSize);
  }

  static void log(
      int epoch, int epochs, Map<String, Double> logs, double seconds, double dataWait) {
    if (LOG.isInfoEnabled()) {
      LOG.info(
          "Epoch {}/{}: {} in {} s, {} % of it waiting for data",
          epoch + 1, epochs, new Evaluation(logs), seconds, Math.round(100 * dataWait / seconds));
    }
  }

  /** Gives back the memory that steps on single batches have kept; the model stays as it is. */
  @Override
  public void close() {
    if (capture != null) {
      capture.close();
      capture = null;
    }
  }
}
