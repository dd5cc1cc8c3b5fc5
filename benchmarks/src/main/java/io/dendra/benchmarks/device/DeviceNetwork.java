package io.dendra.benchmarks.device;

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
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.util.Locale;

/**
 * The networks that are trained on a device, all with ten classes, Adam and cross-entropy; {@code
 * torch_steps.py} has the same.
 */
enum DeviceNetwork {
  /** Dense 1024 relu twice and dense 10 on 256 samples of 784. */
  MLP(256, 784) {
    @Override
    Model layers() {
      return Sequential.of(new Dense(1024, "relu"), new Dense(1024, "relu"), classes());
    }
  },

  /** Two convolutions of 5 by 5 (20 and 50 filters) with pooling and dense 500, on 64 digits. */
  LENET_64(64, 28, 28, 1) {
    @Override
    Model layers() {
      return lenet();
    }
  },

  /** The same on 1024 digits. */
  LENET_1024(1024, 28, 28, 1) {
    @Override
    Model layers() {
      return lenet();
    }
  },

  /** ResNet-18 for images of 32 by 32 (K. He et al., 2016), on 256 of them. */
  RESNET18(256, 32, 32, 3) {
    @Override
    Model layers() {
      SymbolicTensor x = Input.of(32, 32, 3);
      SymbolicTensor y = convolved(x, 64, 3, 1, true);
      for (int stage = 0; stage < 4; stage++) {
        int filters = 64 << stage;
        y = residual(y, filters, stage == 0 ? 1 : 2, stage > 0);
        y = residual(y, filters, 1, false);
      }
      return Functional.of(x, classes().apply(new GlobalAveragePooling2D().apply(y)));
    }
  },

  /** LSTM 256 and dense 10 on 128 sequences of 64 steps with 64 features. */
  LSTM_256(128, 64, 64) {
    @Override
    Model layers() {
      return Sequential.of(new LSTM(256), classes());
    }
  },

  /** Four encoder blocks, 512 wide with 8 heads and 2048 inside, on 32 sequences of 256. */
  TRANSFORMER(32, 256, 512) {
    @Override
    Model layers() {
      SymbolicTensor x = Input.of(256, 512);
      SymbolicTensor y = x;
      for (int block = 0; block < 4; block++) {
        y = encoded(y);
      }
      // Images one row high, for the mean over positions.
      SymbolicTensor mean = new GlobalAveragePooling2D().apply(new Reshape(1, 256, 512).apply(y));
      return Functional.of(x, classes().apply(mean));
    }
  };

  private static final int CLASSES = 10;

  private final int batchSize;

  @SuppressWarnings("ImmutableEnumChecker") // A shape never changes.
  private final Shape sample;

  DeviceNetwork(int batchSize, long... sample) {
    this.batchSize = batchSize;
    this.sample = Shape.of(sample);
  }

  abstract Model layers();

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static DeviceNetwork named(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  /** A batch of noise, the same in every run. */
  Batch batch() {
    RandomStream random = new RandomStream(RandomKey.of(0).fold(label()));
    Shape shape = batched();
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.uniform(-1, 1);
    }
    int[] labels = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      labels[i] = random.nextInt(CLASSES);
    }
    return Batch.of(NDArray.of(values, shape.dims()), NDArray.of(labels, batchSize));
  }

  private Shape batched() {
    long[] dims = new long[sample.rank() + 1];
    dims[0] = batchSize;
    for (int i = 0; i < sample.rank(); i++) {
      dims[i + 1] = sample.dim(i);
    }
    return Shape.of(dims);
  }

  private static Dense classes() {
    return new Dense(CLASSES, "softmax");
  }

  private static Model lenet() {
    return Sequential.of(
        new Conv2D(20, 5, "relu"),
        new MaxPooling2D(2),
        new Conv2D(50, 5, "relu"),
        new MaxPooling2D(2),
        new Flatten(),
        new Dense(500, "relu"),
        classes());
  }

  private static SymbolicTensor convolved(
      SymbolicTensor x, int filters, int kernel, int stride, boolean relu) {
    SymbolicTensor y =
        new BatchNormalization()
            .apply(
                new Conv2D(filters, kernel)
                    .strides(stride)
                    .padding("same")
                    .useBias(false)
                    .apply(x));
    return relu ? new Activation("relu").apply(y) : y;
  }

  private static SymbolicTensor residual(
      SymbolicTensor x, int filters, int stride, boolean projected) {
    SymbolicTensor y = convolved(convolved(x, filters, 3, stride, true), filters, 3, 1, false);
    SymbolicTensor past = projected ? convolved(x, filters, 1, stride, false) : x;
    return new Activation("relu").apply(new Add().apply(y, past));
  }

  private static SymbolicTensor encoded(SymbolicTensor x) {
    SymbolicTensor attended = new Add().apply(x, new MultiHeadAttention(8, 64).apply(x));
    SymbolicTensor h = new LayerNormalization().apply(attended);
    SymbolicTensor fed = new Dense(512).apply(new Dense(2048, "relu").apply(h));
    return new LayerNormalization().apply(new Add().apply(h, fed));
  }
}
