package io.dendra.benchmarks.peers;

import io.dendra.data.Batch;
import io.dendra.models.Functional;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.models.SymbolicTensor;
import io.dendra.nn.layers.Activation;
import io.dendra.nn.layers.Add;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GlobalAveragePooling2D;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.LayerNormalization;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.MultiHeadAttention;
import io.dendra.nn.layers.Reshape;
import io.dendra.nn.losses.SparseCategoricalCrossentropy;
import io.dendra.nn.optimizers.Adam;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;

/** The networks, as a user would write them; all end in ten logits. */
public final class Networks {
  private static final int DATA_SEED = 1;
  private static final int LABEL_SEED = 2;
  private static final double LEARNING_RATE = 1e-3;

  private Networks() {}

  /**
   * The network of a workload, compiled with Adam and cross-entropy from logits.
   *
   * @throws IllegalArgumentException when the workload has no network
   */
  public static Model model(Workload workload) {
    return layers(workload)
        .compile(new Adam(LEARNING_RATE), new SparseCategoricalCrossentropy(true));
  }

  private static Model layers(Workload workload) {
    return switch (workload) {
      case MLP_MNIST, PREDICT_MLP1 -> Sequential.of(new Dense(128, "relu"), logits());
      case MLP_WIDE -> Sequential.of(new Dense(1024, "relu"), new Dense(1024, "relu"), logits());
      case LENET ->
          Sequential.of(
              new Conv2D(20, 5, "relu"),
              new MaxPooling2D(2),
              new Conv2D(50, 5, "relu"),
              new MaxPooling2D(2),
              new Flatten(),
              new Dense(500, "relu"),
              logits());
      case CNN_CIFAR ->
          Sequential.of(
              new Conv2D(32, 3, "relu").padding("same"),
              new Conv2D(32, 3, "relu").padding("same"),
              new MaxPooling2D(2),
              new Conv2D(64, 3, "relu").padding("same"),
              new Conv2D(64, 3, "relu").padding("same"),
              new MaxPooling2D(2),
              new Flatten(),
              new Dense(512, "relu"),
              logits());
      case RESNET_BLOCK -> residualBlock(workload.sample());
      case LSTM -> Sequential.of(new LSTM(128), logits());
      case TRANSFORMER -> encoderBlock(workload.sample());
      case MATMUL1024, ELEMENTWISE10M ->
          throw new IllegalArgumentException(workload.label() + " has no network");
    };
  }

  private static Model residualBlock(Shape sample) {
    SymbolicTensor x = Input.of(sample.dims());
    SymbolicTensor h = new Activation("relu").apply(normalized(x));
    SymbolicTensor y = new Activation("relu").apply(new Add().apply(normalized(h), x));
    return Functional.of(x, logits().apply(new GlobalAveragePooling2D().apply(y)));
  }

  private static SymbolicTensor normalized(SymbolicTensor x) {
    return new BatchNormalization()
        .apply(new Conv2D(64, 3).padding("same").useBias(false).apply(x));
  }

  private static Model encoderBlock(Shape sample) {
    SymbolicTensor x = Input.of(sample.dims());
    SymbolicTensor attended = new Add().apply(x, new MultiHeadAttention(4, 64).apply(x));
    SymbolicTensor h = new LayerNormalization().apply(attended);
    SymbolicTensor fed = new Dense(256).apply(new Dense(1024, "relu").apply(h));
    SymbolicTensor y = new LayerNormalization().apply(new Add().apply(h, fed));
    // Images one row high, for the mean over positions.
    SymbolicTensor rows = new Reshape(1, sample.dim(0), sample.dim(1)).apply(y);
    return Functional.of(x, logits().apply(new GlobalAveragePooling2D().apply(rows)));
  }

  private static Dense logits() {
    return new Dense(Workload.CLASSES);
  }

  /** The inputs of a step, {@code [samples, ...]}. */
  public static NDArray inputs(Workload workload) {
    long[] shape = workload.batchShape();
    int count = Math.toIntExact(Shape.of(shape).size());
    return NDArray.of(Noise.floats(count, DATA_SEED), shape);
  }

  /** Inputs and labels of a step. */
  public static Batch batch(Workload workload) {
    int samples = workload.samples();
    int[] labels = Noise.classes(samples, LABEL_SEED, Workload.CLASSES);
    return Batch.of(inputs(workload), NDArray.of(labels, samples));
  }
}
