package io.dendra.tck;

import io.dendra.data.Batch;
import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.Reshape;
import io.dendra.nn.optimizers.Adam;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.nn.optimizers.SGD;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import java.util.List;

/** Small models and their data, for training on one device and on several. */
final class ParallelModels {
  static final int SIDE = 6;
  static final int CLASSES = 3;

  private ParallelModels() {}

  /** The kinds of network. */
  enum Kind {
    DENSE {
      @Override
      List<Layer> layers() {
        return List.of(new Flatten(), new Dense(16, "relu"), new Dense(CLASSES, "softmax"));
      }
    },
    CONVOLUTIONAL {
      @Override
      List<Layer> layers() {
        return List.of(
            new Conv2D(4, 3, "relu"),
            new MaxPooling2D(2),
            new Flatten(),
            new Dense(CLASSES, "softmax"));
      }
    },
    RECURRENT {
      @Override
      List<Layer> layers() {
        return List.of(new Reshape(SIDE, SIDE), new LSTM(7), new Dense(CLASSES, "softmax"));
      }
    };

    abstract List<Layer> layers();
  }

  /** The kinds of optimizer. */
  enum Rule {
    SGD {
      @Override
      Optimizer optimizer() {
        return new SGD(0.05).momentum(0.9).globalClipNorm(1);
      }
    },
    ADAM {
      @Override
      Optimizer optimizer() {
        return new Adam(0.01);
      }
    };

    abstract Optimizer optimizer();
  }

  static Model model(Kind kind, Rule rule, Device device) {
    return of(kind.layers(), rule, device);
  }

  static Model of(List<Layer> layers, Rule rule, Device device) {
    return Sequential.of(layers)
        .seed(11)
        .to(device)
        .compile(
            o ->
                o.optimizer(rule.optimizer())
                    .loss("sparse_categorical_crossentropy")
                    .metrics("accuracy"));
  }

  /** Noisy pictures whose brightest rows tell the class. */
  static Dataset pictures(int n, boolean weighted) {
    RandomStream random = new RandomStream(RandomKey.of(23));
    float[] x = new float[n * SIDE * SIDE];
    int[] y = new int[n];
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      y[i] = random.nextInt(CLASSES);
      weights[i] = (float) random.uniform(0, 2);
      for (int j = 0; j < SIDE * SIDE; j++) {
        double bright = j / (2 * SIDE) == y[i] ? 1 : 0;
        x[i * SIDE * SIDE + j] = (float) (bright + 0.3 * random.nextGaussian());
      }
    }
    NDArray inputs = NDArray.of(x, n, SIDE, SIDE, 1);
    NDArray targets = NDArray.of(y);
    return Dataset.of(
        weighted ? Batch.of(inputs, targets, NDArray.of(weights)) : Batch.of(inputs, targets));
  }
}
