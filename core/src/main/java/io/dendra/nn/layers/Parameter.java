package io.dendra.nn.layers;

import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.regularizers.Regularizer;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.tensor.TensorSpec;

/**
 * A weight of a layer, or a number it keeps such as a moving mean.
 *
 * <p>It belongs to its layer, not to a scope, and has shape and type before it has values: those
 * come from {@link #initialize} or {@link #assign}.
 */
public final class Parameter implements AutoCloseable {
  private final String name;
  private TensorSpec spec;
  private final Initializer initializer;
  private final boolean trainable;
  private final Regularizer regularizer;
  private String path;
  private Tensor value;
  private volatile Tensor[] replicas;

  Parameter(
      String name,
      TensorSpec spec,
      Initializer initializer,
      boolean trainable,
      Regularizer regularizer) {
    this.name = name;
    this.path = name;
    this.spec = spec;
    this.initializer = initializer;
    this.trainable = trainable;
    this.regularizer = regularizer;
    this.value = Tensor.meta(spec.shape(), spec.dtype());
  }

  /** The name within its layer: {@code kernel}. */
  public String name() {
    return name;
  }

  /** The name within its model: {@code dense_1/kernel}. */
  public String path() {
    return path;
  }

  void setPath(String path) {
    this.path = path;
  }

  /** The lengths of its dimensions. */
  public Shape shape() {
    return spec.shape();
  }

  /** The type of its elements. */
  public DType dtype() {
    return spec.dtype();
  }

  /** Whether an optimizer may change it, unless its layer is frozen. */
  public boolean isTrainable() {
    return trainable;
  }

  /** What is added to the loss for it, or null. */
  public Regularizer regularizer() {
    return regularizer;
  }

  /**
   * The values as they are kept, without memory until initialised. Gradients can be asked for by a
   * trainable one. A layer computes with {@link CallContext#weight}, which has the type its policy
   * asks for. In a thread that computes for a {@link Replica}, the values of that replica.
   */
  public Tensor value() {
    Tensor[] copies = replicas;
    Tensor copy = copies == null ? null : Replica.of(copies);
    return copy == null ? value : copy;
  }

  /**
   * Gives replicas of the model values of their own.
   *
   * @param copies what {@link #value} is in each {@link Replica}, null for the parameter's own
   *     values; or null as a whole to end it. Who gave them has to close them.
   */
  public void replicas(Tensor[] copies) {
    replicas = copies == null ? null : copies.clone();
  }

  /** Whether it has values. */
  public boolean isInitialized() {
    return !value.isMeta();
  }

  /** Draws its first values, the same for the same key and path. */
  public void initialize(RandomKey key, Device device) {
    // 16-bit values are those of float32, rounded.
    DType drawnAs = spec.dtype().accumulator();
    Tensor drawn = initializer.initialize(key.fold(path), spec.shape(), drawnAs, device);
    hold(drawn.cast(spec.dtype()).contiguous());
  }

  /**
   * Overwrites its values.
   *
   * @throws IllegalArgumentException when the shape differs
   */
  public void assign(NDArray array) {
    requireShape(array.shape());
    Device device = isInitialized() ? value.device() : io.dendra.backend.Backends.defaultDevice();
    try (Tensor loaded = Tensor.of(array.as(spec.dtype()), device)) {
      assign(loaded);
    }
  }

  /**
   * Overwrites its values with those of a tensor.
   *
   * @throws IllegalArgumentException when the shape differs
   */
  public void assign(Tensor values) {
    requireShape(values.shape());
    if (isInitialized()) {
      value.assign(values);
    } else {
      hold(values.contiguous());
    }
  }

  private void requireShape(Shape given) {
    if (!given.equals(spec.shape())) {
      throw new IllegalArgumentException(
          "parameter " + path + " has shape " + spec.shape() + ", given values of shape " + given);
    }
  }

  /** Converts it to another type. */
  void as(DType dtype) {
    if (dtype == spec.dtype() || !spec.dtype().isFloating()) {
      return;
    }
    spec = new TensorSpec(spec.shape(), dtype);
    if (isInitialized()) {
      TensorScope.run(() -> hold(value.detach().cast(dtype)));
    } else {
      value = Tensor.meta(spec.shape(), dtype);
    }
  }

  /** Moves it to a device. */
  public void to(Device device) {
    if (isInitialized() && !value.device().equals(device)) {
      TensorScope.run(() -> hold(value.detach().to(device)));
    }
  }

  private void hold(Tensor values) {
    Tensor before = value;
    value = values.retained();
    if (trainable) {
      value.requiresGrad();
    }
    before.close();
  }

  /** Gives its memory back; it has no values then. */
  @Override
  public void close() {
    value.close();
    value = Tensor.meta(spec.shape(), spec.dtype());
  }
}
