package io.dendra.examples.mnist;

import io.dendra.examples.cli.Choice;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.activations.Activation;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.Reshape;

/**
 * The networks to choose from; each takes pictures {@code [batch, 28, 28]} to ten probabilities.
 */
enum Network {
  /** The one of Keras' introduction: a hidden layer. */
  MLP("mlp", "relu") {
    @Override
    Model build(Activation activation) {
      return Sequential.of(
          new Flatten(), new Dense(128).activation(activation), new Dense(CLASSES, "softmax"));
    }
  },

  /** In the manner of LeNet: two convolutions, each halved by pooling, and a hidden layer. */
  CNN("cnn", "relu") {
    @Override
    Model build(Activation activation) {
      return Sequential.of(
          new Reshape(SIDE, SIDE, 1),
          new Conv2D(32, 3).padding("same").activation(activation),
          new MaxPooling2D(2),
          new Conv2D(64, 3).padding("same").activation(activation),
          new MaxPooling2D(2),
          new Flatten(),
          new Dense(128).activation(activation),
          new Dropout(0.25),
          new Dense(CLASSES, "softmax"));
    }
  },

  /** Reads a picture row by row, as if the rows were points in time. */
  LSTM("lstm", "tanh") {
    @Override
    Model build(Activation activation) {
      return Sequential.of(new LSTM(128).activation(activation), new Dense(CLASSES, "softmax"));
    }
  };

  private static final int SIDE = 28;
  private static final int CLASSES = 10;

  private final String option;
  private final String activation;

  Network(String option, String activation) {
    this.option = option;
    this.activation = activation;
  }

  /** A new model whose hidden layers have the activation. */
  abstract Model build(Activation activation);

  /** The name of the activation where none is asked for. */
  String defaultActivation() {
    return activation;
  }

  /** Reads the name on the command line. */
  static final class ByName extends Choice<Network> {
    ByName() {
      super("model", values());
    }
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return option;
  }
}
