package io.dendra.nn.layers;

import io.dendra.serialization.Registry;

/** The layers by class name, for reading models from files. */
public final class Layers {
  /** All of them, and those that users add. */
  public static final Registry<Layer> REGISTRY =
      new Registry<Layer>("layer")
          .kind("Activation", Activation.class, Activation::from)
          .kind("Add", Add.class, settings -> new Add())
          .kind("AveragePooling2D", AveragePooling2D.class, AveragePooling2D::from)
          .kind("BatchNormalization", BatchNormalization.class, BatchNormalization::from)
          .kind("Concatenate", Concatenate.class, Concatenate::from)
          .kind("Conv2D", Conv2D.class, Conv2D::from)
          .kind("Dense", Dense.class, Dense::from)
          .kind("Dropout", Dropout.class, Dropout::from)
          .kind("Embedding", Embedding.class, Embedding::from)
          .kind("Flatten", Flatten.class, settings -> new Flatten())
          .kind("GRU", GRU.class, GRU::from)
          .kind(
              "GlobalAveragePooling2D", GlobalAveragePooling2D.class, GlobalAveragePooling2D::from)
          .kind("Identity", Identity.class, settings -> new Identity())
          .kind("LSTM", LSTM.class, LSTM::from)
          .kind("Lambda", Lambda.class, Lambda::from)
          .kind("LayerNormalization", LayerNormalization.class, LayerNormalization::from)
          .kind("MaxPooling2D", MaxPooling2D.class, MaxPooling2D::from)
          .kind("MultiHeadAttention", MultiHeadAttention.class, MultiHeadAttention::from)
          .kind("Rescaling", Rescaling.class, Rescaling::from)
          .kind("Reshape", Reshape.class, Reshape::from);

  private Layers() {}
}
