package io.dendra.nn.layers;

import io.dendra.nn.initializers.Initializer;
import io.dendra.ops.Recurrent;
import io.dendra.ops.ShapeOps;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Long short-term memory (S. Hochreiter and J. Schmidhuber, 1997; forget gates by F. Gers et al.,
 * 2000).
 *
 * <p>Takes {@code [batch, time, features]}, and optionally the first output and cell state as
 * further inputs, each {@code [batch, units]}. Gives the last output {@code [batch, units]}, or all
 * of them {@code [batch, time, units]} with {@link #returnSequences}; with {@link #returnState}
 * also the last output and the last cell state. Weights are the kernel {@code [features, 4 units]},
 * the recurrent_kernel {@code [units, 4 units]} and the bias {@code [4 units]}, each with the
 * input, forget, cell and output gates side by side.
 *
 * <pre>{@code
 * new LSTM(128)
 * new LSTM(64).returnSequences(true)
 * }</pre>
 */
public final class LSTM extends RecurrentLayer<LSTM> {
  private boolean unitForgetBias = true;

  /** A layer of the given number of units. */
  public LSTM(int units) {
    super(units, 4, "output", "cell state");
  }

  /** Whether the forget gates start with a bias of 1; they do if not said otherwise. */
  public LSTM unitForgetBias(boolean ones) {
    this.unitForgetBias = ones;
    return this;
  }

  static LSTM from(Settings settings) {
    return new LSTM(settings.getInt("units"))
        .unitForgetBias(settings.getBoolean("unit_forget_bias"))
        .with(settings);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = super.settings();
    settings.put("unit_forget_bias", unitForgetBias);
    return settings;
  }

  @Override
  LSTM self() {
    return this;
  }

  @Override
  Shape biasShape() {
    return Shape.of(4L * units());
  }

  @Override
  Initializer firstBias(Initializer others) {
    if (!unitForgetBias) {
      return others;
    }
    Shape one = Shape.of(units());
    Shape two = Shape.of(2L * units());
    return (key, shape, dtype, device) ->
        ShapeOps.concatenate(
            0,
            others.initialize(key.fold(0), one, dtype, device),
            Tensor.full(one, 1, dtype, device),
            others.initialize(key.fold(1), two, dtype, device));
  }

  @Override
  Tensor[] fused(Tensor x, Weights w, Tensor[] first) {
    Recurrent.Lstm result =
        Recurrent.lstm(x, w.kernel(), w.recurrentKernel(), w.bias(), first[0], first[1]);
    return new Tensor[] {result.sequence(), result.h(), result.c()};
  }

  @Override
  Tensor[] stepByStep(
      Tensor x,
      Weights w,
      Tensor[] first,
      UnaryOperator<Tensor> gate,
      UnaryOperator<Tensor> activation) {
    Recurrent.Cell cell = Recurrent.lstmCell(w.recurrentKernel(), gate, activation);
    return Recurrent.unroll(cell, x.matmul(w.kernel()).add(w.bias()), first);
  }
}
