package io.dendra.models;

import io.dendra.autograd.Autograd;
import io.dendra.backend.Backends;
import io.dendra.data.Batch;
import io.dendra.data.BatchIterator;
import io.dendra.data.DataException;
import io.dendra.data.Dataset;
import io.dendra.data.Rows;
import io.dendra.nn.DTypePolicy;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Parameter;
import io.dendra.nn.losses.Loss;
import io.dendra.nn.metrics.Metric;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.random.RandomKey;
import io.dendra.serialization.Weights;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.tensor.TensorSpec;
import io.dendra.training.CompileOptions;
import io.dendra.training.Evaluation;
import io.dendra.training.History;
import io.dendra.training.Objective;
import io.dendra.training.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A network that can be trained, measured, used and saved.
 *
 * <pre>{@code
 * var model = Sequential.of(new Flatten(), new Dense(128, "relu"), new Dense(10, "softmax"));
 * model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
 * model.fit(mnist.train(), o -> o.epochs(6).batchSize(128).validation(mnist.test()));
 * System.out.println(model.evaluate(mnist.test()));
 * }</pre>
 *
 * <p>A model is a {@link Layer}, so models nest. One of one's own overrides {@code build} and
 * {@code call} as a layer does. {@link #predict} may be called by several threads at once; training
 * belongs to one thread. {@link #close} gives the memory of weights and optimizer back.
 */
public abstract class Model extends Layer {
  private volatile boolean ready;
  private long seed;
  private Device device;
  private Objective objective;
  private int epochsTrained;
  private Trainer batchTrainer;
  private Predictions predictions;

  /** A functional model with one input and one output; see {@link Functional}. */
  public static Model of(SymbolicTensor input, SymbolicTensor output) {
    return Functional.of(input, output);
  }

  /** A functional model with several inputs or outputs; see {@link Functional}. */
  public static Model of(List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
    return Functional.of(inputs, outputs);
  }

  // ---- where and from what

  /** Sets the seed from which weights, shuffling and dropout draw; 0 if not given. */
  public Model seed(long value) {
    this.seed = value;
    return this;
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The device it computes on: that of {@link #to}, else the default when it is first used. */
  public Device device() {
    return device != null ? device : Backends.defaultDevice();
  }

  /** Whether it has a device of its own: by {@link #to}, or since it was first used. */
  public boolean isPlaced() {
    return device != null;
  }

  /** Moves it to a device. */
  public Model to(Device target) {
    closeBatchTrainer();
    closePredictions();
    parameters().forEach(parameter -> parameter.to(target));
    this.device = target;
    return this;
  }

  /** Makes the weights that are not there yet for inputs of the given shapes, and draws them. */
  public void initialize(List<TensorSpec> inputs) {
    if (!ready) {
      makeReady(inputs);
    }
  }

  private synchronized void makeReady(List<TensorSpec> inputs) {
    // Layers inside layers are built when the outer one is called, if only on symbolic tensors.
    infer(inputs);
    device = device();
    RandomKey key = RandomKey.of(seed).fold("weights");
    try (TensorScope scope = TensorScope.open("initialize")) {
      for (Parameter parameter : parameters()) {
        if (!parameter.isInitialized()) {
          parameter.initialize(key, device);
        }
      }
    }
    ready = true;
  }

  /** Makes the weights for float32 inputs of a shape, {@code [batch, ...]}. */
  public Model build(long... inputShape) {
    initialize(List.of(new TensorSpec(Shape.of(inputShape), DType.FLOAT32)));
    return this;
  }

  /** The number of outputs, once built. */
  public int outputCount() {
    return infer(inputSpecs()).size();
  }

  // ---- training

  /** Sets optimizer, loss and metrics by name. */
  public Model compile(String optimizer, String loss, String... metrics) {
    return compile(o -> o.optimizer(optimizer).loss(loss).metrics(metrics));
  }

  /** Sets optimizer, loss and metrics. */
  public Model compile(Optimizer optimizer, Loss loss, Metric... metrics) {
    return compile(o -> o.optimizer(optimizer).loss(loss).metrics(metrics));
  }

  /**
   * Sets how it is trained: {@code compile(o -> o.optimizer("sgd").loss("mse").metrics("mae"))}.
   */
  public Model compile(UnaryOperator<CompileOptions> configuration) {
    closeBatchTrainer();
    Objective before = objective;
    objective = new Objective(configuration.apply(new CompileOptions()));
    if (before != null && !before.sharesOptimizer(objective)) {
      before.close();
    }
    scaleLossIfNeeded();
    return this;
  }

  private void scaleLossIfNeeded() {
    if (objective != null && computesIn(DType.FLOAT16)) {
      objective.scaleLoss();
    }
  }

  /** Sets the types of all its layers by name; see {@link #dtype(DTypePolicy)}. */
  @Override
  public Model dtype(String policyName) {
    return dtype(DTypePolicy.of(policyName));
  }

  /**
   * Sets in which types its layers keep their weights and compute, but for layers that were given
   * types of their own. To be called before training:
   *
   * <pre>{@code
   * var model = Sequential.of(
   *     new Dense(1024, "relu"),
   *     new Dense(10, "softmax").dtype("float32"));
   * model.dtype("mixed_bfloat16");
   * }</pre>
   *
   * <p>Predictions have the type that the last layer computes in. With float16 among the types the
   * optimizer scales the loss; see {@link io.dendra.nn.optimizers.LossScaleOptimizer}.
   */
  @Override
  public Model dtype(DTypePolicy types) {
    closeBatchTrainer();
    closePredictions();
    super.dtype(types);
    scaleLossIfNeeded();
    return this;
  }

  /**
   * Optimizer, losses and metrics.
   *
   * @throws IllegalStateException when it has not been compiled
   */
  public Objective objective() {
    if (objective == null) {
      throw new IllegalStateException(
          "the model has no loss and optimizer yet: call compile(\"adam\", \"mse\") or the like"
              + " first");
    }
    return objective;
  }

  /** Whether it has been compiled. */
  public boolean isCompiled() {
    return objective != null;
  }

  /** Trains for one epoch with the default options. */
  public History fit(Dataset data) {
    return fit(data, options -> options);
  }

  /**
   * Trains.
   *
   * @return the loss and the metrics of each epoch
   */
  public History fit(Dataset data, Trainer.FitConfiguration configuration) {
    try (Trainer trainer = new Trainer(this)) {
      return trainer.fit(data, configuration);
    }
  }

  /** Trains on arrays, the first dimension of each counting samples. */
  public History fit(NDArray inputs, NDArray targets, Trainer.FitConfiguration configuration) {
    return fit(Dataset.of(inputs, targets), configuration);
  }

  /** The loss and the metrics on a dataset. */
  public Evaluation evaluate(Dataset data) {
    return evaluate(data, Dataset.DEFAULT_BATCH_SIZE);
  }

  /** The loss and the metrics on a dataset, in batches of a size. */
  public Evaluation evaluate(Dataset data, int batchSize) {
    try (Trainer trainer = new Trainer(this)) {
      return trainer.evaluate(data, batchSize);
    }
  }

  /**
   * Makes one step of training on a batch and gives its loss before the step; for loops of one's
   * own. Random numbers follow from the seed and the number of the step.
   *
   * @param inputs {@code [batch, ...]}
   * @param targets {@code [batch, ...]}
   */
  public double trainOnBatch(NDArray inputs, NDArray targets) {
    return trainOnBatch(Batch.of(inputs, targets));
  }

  /** Makes one step of training on a batch and gives its loss before the step. */
  public double trainOnBatch(Batch batch) {
    if (batchTrainer == null) {
      batchTrainer = new Trainer(this);
    }
    long step = objective().optimizer().iterations();
    return batchTrainer.trainOnBatch(batch, RandomKey.of(seed).fold("batches").fold(step));
  }

  private void closeBatchTrainer() {
    if (batchTrainer != null) {
      batchTrainer.close();
      batchTrainer = null;
    }
  }

  /** The number of epochs it has been trained for, over all calls of fit. */
  public int epochsTrained() {
    return epochsTrained;
  }

  /** Notes that an epoch is done; for the trainer and for loading. */
  public void finishedEpoch(int epochs) {
    epochsTrained = epochs;
  }

  // ---- use

  /**
   * The output for each sample.
   *
   * @param inputs {@code [samples, ...]}
   * @throws IllegalStateException when the model has several outputs
   */
  public NDArray predict(NDArray inputs) {
    return predict(Dataset.of(inputs), Dataset.DEFAULT_BATCH_SIZE).get(0);
  }

  /** All outputs for each sample of a dataset. */
  public List<NDArray> predict(Dataset data, int batchSize) {
    List<List<NDArray>> columns = new ArrayList<>();
    try (BatchIterator batches = (data.isBatched() ? data : data.batch(batchSize)).iterator(0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        List<NDArray> outputs = predictOnBatch(batch.inputs());
        for (int i = 0; i < outputs.size(); i++) {
          if (columns.size() == i) {
            columns.add(new ArrayList<>());
          }
          columns.get(i).add(outputs.get(i));
        }
      }
    }
    if (columns.isEmpty()) {
      throw new DataException("there are no samples to predict");
    }
    return columns.stream().map(Rows::concatenate).toList();
  }

  /** All outputs for one batch, {@code [batch, ...]} each. */
  public List<NDArray> predictOnBatch(List<NDArray> inputs) {
    initialize(inputs.stream().map(x -> new TensorSpec(x.shape(), x.dtype())).toList());
    List<NDArray> replayed = predictions().run(inputs);
    if (replayed != null) {
      return replayed;
    }
    try (TensorScope scope = TensorScope.open("predict")) {
      List<Tensor> tensors = inputs.stream().map(x -> Tensor.of(x, device())).toList();
      return Autograd.noGrad(
          () -> apply(tensors, CallContext.inference()).stream().map(Tensor::toNDArray).toList());
    }
  }

  private synchronized Predictions predictions() {
    if (predictions == null) {
      predictions = new Predictions(this);
    }
    return predictions;
  }

  private synchronized void closePredictions() {
    if (predictions != null) {
      predictions.close();
      predictions = null;
    }
  }

  /**
   * A predictor with the least delay for one sample at a time.
   *
   * @param sampleShape the shape of a sample, without the batch dimension
   */
  public Predictor predictor(long... sampleShape) {
    return new Predictor(this, Shape.of(sampleShape).prepend(1));
  }

  // ---- files

  /**
   * Saves it whole: structure, weights, how it was compiled, the optimizer's state, the epochs
   * trained. The file is replaced in one step.
   *
   * @throws io.dendra.serialization.ModelFileException when the file cannot be written, or a layer
   *     cannot be described
   */
  public void save(Path file) {
    Checkpoint.write(file, this);
  }

  /**
   * A model that was saved; it predicts and goes on training as if it had never been away.
   *
   * @throws io.dendra.serialization.ModelFileException when the file is not there, damaged, or of
   *     another kind
   */
  public static Model load(Path file) {
    return Checkpoint.read(file);
  }

  /** Saves the weights alone, as safetensors. */
  public void saveWeights(Path file) {
    Weights.write(file, this);
  }

  /** Reads weights that {@link #saveWeights} wrote into a model of the same structure. */
  public void loadWeights(Path file) {
    Weights.read(file, this);
  }

  /** A table of the layers, their output shapes and their numbers of weights, once built. */
  public String summary() {
    return Summary.of(this);
  }

  @Override
  public void close() {
    closeBatchTrainer();
    closePredictions();
    super.close();
    ready = false;
    if (objective != null) {
      objective.close();
    }
  }
}
