package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.nio.FloatBuffer;

/** The Gaussian error linear unit in one pass, exact or by its tanh approximation. */
final class GeluKernel implements FusedKernel {
  private static final int COST = 30;
  private static final double ROOT = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  private final CpuPool pool;
  private final boolean approximate;

  GeluKernel(CpuPool pool, boolean approximate) {
    this.pool = pool;
    this.approximate = approximate;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    Loop.of(inputs[0], outputs[0])
        .run(
            pool,
            COST,
            Elementwise.map(
                approximate ? GeluKernel::smooth : GeluKernel::exact,
                Cells.of(inputs[0]),
                Cells.of(outputs[0])),
            Cells.of(inputs[0]).base,
            Cells.of(outputs[0]).base);
  }

  private static double exact(double x) {
    return x * cumulative(x);
  }

  private static double smooth(double x) {
    return x / 2 * (1 + Math.tanh(ROOT * (x + CUBIC * x * x * x)));
  }

  /**
   * The normal distribution function to 1e-7, enough for float32 (Abramowitz and Stegun, 7.1.26).
   */
  private static double cumulative(double x) {
    double z = Math.abs(x) / Math.sqrt(2);
    double t = 1 / (1 + 0.3275911 * z);
    double polynomial =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double tail = polynomial * Math.exp(-z * z) / 2;
    return x >= 0 ? 1 - tail : tail;
  }

  private static double exactSlope(double x) {
    return cumulative(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static double smoothSlope(double x) {
    double t = Math.tanh(ROOT * (x + CUBIC * x * x * x));
    return 0.5 * (1 + t) + x / 2 * (1 - t * t) * ROOT * (1 + 3 * CUBIC * x * x);
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    if (gradInputs[0] == null) {
      return;
    }
    Cells from = Cells.of(inputs[0]);
    Cells gradient = Cells.of(gradOutputs[0]);
    Cells to = Cells.of(gradInputs[0]);
    FloatBuffer x = from.floats();
    FloatBuffer g = gradient.floats();
    FloatBuffer d = to.floats();
    Loop.Row row =
        (n, at, step) -> {
          int p = at[0];
          int q = at[1];
          int r = at[2];
          for (int i = 0; i < n; i++) {
            double slope = approximate ? smoothSlope(x.get(p)) : exactSlope(x.get(p));
            d.put(r, (float) (g.get(q) * slope));
            p += step[0];
            q += step[1];
            r += step[2];
          }
        };
    Loop.of(inputs[0], gradOutputs[0], gradInputs[0])
        .run(pool, COST, row, from.base, gradient.base, to.base);
  }
}
