package io.dendra.nn.layers;

import io.dendra.ops.Recurrent;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Gated recurrent units (K. Cho et al., Learning Phrase Representations using RNN Encoder-Decoder,
 * 2014).
 *
 * <p>Takes {@code [batch, time, features]}, and optionally the first output {@code [batch, units]}
 * as a second input. Gives the last output {@code [batch, units]}, or all of them {@code [batch,
 * time, units]} with {@link #returnSequences}; with {@link #returnState} also the last output once
 * more. Weights are the kernel {@code [features, 3 units]}, the recurrent_kernel {@code [units, 3
 * units]} and the bias {@code [2, 3 units]}, each with the update gate, the reset gate and the
 * candidate side by side; the first row of the bias is added to the input's product, the second to
 * the recurrent one. With {@code resetAfter(false)} the bias is one row, {@code [3 units]}.
 *
 * <pre>{@code
 * new GRU(128)
 * new GRU(64).returnSequences(true)
 * }</pre>
 */
public final class GRU extends RecurrentLayer<GRU> {
  private boolean resetAfter = true;

  /** A layer of the given number of units. */
  public GRU(int units) {
    super(units, 3, "output");
  }

  /**
   * Whether the reset gate is applied behind the recurrent product, which is faster and the form
   * that GPU libraries have; if not, before it, as in the paper. It is behind if not said
   * otherwise.
   */
  public GRU resetAfter(boolean after) {
    this.resetAfter = after;
    return this;
  }

  static GRU from(Settings settings) {
    return new GRU(settings.getInt("units"))
        .resetAfter(settings.getBoolean("reset_after"))
        .with(settings);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = super.settings();
    settings.put("reset_after", resetAfter);
    return settings;
  }

  @Override
  GRU self() {
    return this;
  }

  @Override
  Shape biasShape() {
    long width = 3L * units();
    return resetAfter ? Shape.of(2, width) : Shape.of(width);
  }

  @Override
  boolean hasFused() {
    return resetAfter;
  }

  @Override
  Tensor[] fused(Tensor x, Weights w, Tensor[] first) {
    Recurrent.Gru result = Recurrent.gru(x, w.kernel(), w.recurrentKernel(), w.bias(), first[0]);
    return new Tensor[] {result.sequence(), result.h()};
  }

  @Override
  Tensor[] stepByStep(
      Tensor x,
      Weights w,
      Tensor[] first,
      UnaryOperator<Tensor> gate,
      UnaryOperator<Tensor> activation) {
    Tensor recurrent = w.recurrentKernel();
    Tensor bias = resetAfter ? w.bias().select(0, 0) : w.bias();
    Recurrent.Cell cell =
        resetAfter
            ? Recurrent.gruCell(recurrent, w.bias().select(0, 1), gate, activation)
            : Recurrent.gruCellResetBefore(recurrent, gate, activation);
    return Recurrent.unroll(cell, x.matmul(w.kernel()).add(bias), first);
  }
}
