package io.dendra.nn.layers;

import io.dendra.tensor.Tensor;

/** Makes each sample one row: {@code [batch, ...]} to {@code [batch, features]}. */
public final class Flatten extends Layer {
  @Override
  protected Tensor call(Tensor x, CallContext context) {
    return x.reshape(x.dim(0), x.shape().slice(1, x.rank()).size());
  }
}
