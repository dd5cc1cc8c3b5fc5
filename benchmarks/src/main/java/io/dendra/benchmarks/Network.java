package io.dendra.benchmarks;

import io.dendra.data.Batch;
import io.dendra.models.Functional;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Add;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GlobalAveragePooling2D;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.LayerNormalization;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.MultiHeadAttention;
import io.dendra.nn.layers.Reshape;
import io.dendra.tensor.NDArray;
import java.util.Locale;

/** The networks whose training steps are measured, all with ten classes, Adam and cross-entropy. */
public enum Network {
  /** Dense 128 relu, dense 10, on 128 samples of 784. */
  MLP(128) {
    @Override
    Model layers() {
      return Sequential.of(new Dense(128, "relu"), new Dense(CLASSES, "softmax"));
    }
  },

  /** Two convolutions of 5 by 5 (20 and 50 filters) with pooling, dense 500, on 64 digits. */
  LENET(64) {
    @Override
    Model layers() {
      return Sequential.of(
          new Conv2D(20, 5, "relu"),
          new MaxPooling2D(2),
          new Conv2D(50, 5, "relu"),
          new MaxPooling2D(2),
          new Flatten(),
          new Dense(500, "relu"),
          new Dense(CLASSES, "softmax"));
    }
  },

  /** LSTM 128 and dense 10 on 32 sequences of 64 steps with 64 features. */
  LSTM(32) {
    @Override
    Model layers() {
      return Sequential.of(new LSTM(128), new Dense(CLASSES, "softmax"));
    }
  },

  /** One transformer block on 8 sequences of 128 positions with 256 features, averaged. */
  ATTENTION(8) {
    @Override
    Model layers() {
      var x = Input.of(128, 256);
      var attended = new Add().apply(x, new MultiHeadAttention(4, 64).apply(x));
      var h = new LayerNormalization().apply(attended);
      var fed = new Dense(256).apply(new Dense(1024, "relu").apply(h));
      var y = new LayerNormalization().apply(new Add().apply(h, fed));
      // Images one row high, for the mean over positions.
      var mean = new GlobalAveragePooling2D().apply(new Reshape(1, 128, 256).apply(y));
      return Functional.of(x, new Dense(CLASSES, "softmax").apply(mean));
    }
  };

  private static final int CLASSES = 10;

  private final int batchSize;

  Network(int batchSize) {
    this.batchSize = batchSize;
  }

  abstract Model layers();

  /** The network of a name in letters of any case. */
  static Network named(String name) {
    for (Network network : values()) {
      if (network.label().equals(name.toLowerCase(Locale.ROOT))) {
        return network;
      }
    }
    throw new IllegalArgumentException(
        "no network '" + name + "', there are mlp, lenet, lstm and attention");
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The network, compiled. */
  Model model() {
    return layers().compile("adam", "sparse_categorical_crossentropy");
  }

  int batchSize() {
    return batchSize;
  }

  /** Some samples, as many as a training step takes. */
  Batch batch() {
    return batch(batchSize);
  }

  Batch batch(int samples) {
    NDArray inputs =
        switch (this) {
          case MLP -> Samples.floats("inputs", samples, 784);
          case LENET -> Samples.floats("inputs", samples, 28, 28, 1);
          case LSTM -> Samples.floats("inputs", samples, 64, 64);
          case ATTENTION -> Samples.floats("inputs", samples, 128, 256);
        };
    return Batch.of(inputs, Samples.indices("labels", CLASSES, samples));
  }
}
