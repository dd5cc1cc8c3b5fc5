package io.dendra.nn.layers;

import io.dendra.serialization.Registry;

/** The layers by class name, for reading models from files. */
public final class Layers {
  /** All of them, and those that users add. */
  public static final Registry<Layer> REGISTRY =
      new Registry<Layer>("layer")
          .kind("Dense", Dense.class, Dense::from)
          .kind("Flatten", Flatten.class, settings -> new Flatten());

  private Layers() {}
}
