package io.dendra.models;

import io.dendra.autograd.Autograd;
import io.dendra.backend.Backends;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Parameter;
import io.dendra.random.RandomKey;
import io.dendra.tensor.Device;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.List;

/** placeholder */
public abstract class Model extends Layer {
  private long seed;
  private Device device;

  /** Sets the seed from which weights, shuffling and dropout draw; 0 if not given. */
  public Model seed(long value) {
    this.seed = value;
    return this;
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The device it computes on. */
  public Device device() {
    return device != null ? device : Backends.defaultDevice();
  }

  /** Moves it to a device. */
  public Model to(Device target) {
    parameters().forEach(parameter -> parameter.to(target));
    this.device = target;
    return this;
  }

  /** Makes and draws the weights that are not there yet. */
  public void initialize(List<TensorSpec> inputs) {
    buildFor(inputs);
    infer(inputs);
    device = device();
    RandomKey key = RandomKey.of(seed).fold("weights");
    for (Parameter parameter : parameters()) {
      if (!parameter.isInitialized()) {
        parameter.initialize(key, device);
      }
    }
  }

  /** Computes outputs without recording. */
  public List<Tensor> predictTensors(List<Tensor> inputs) {
    return Autograd.noGrad(() -> apply(inputs, CallContext.inference()));
  }
}
