package io.dendra.backend.cpu;

/**
 * Transcendental functions of float32 arrays as loops of arithmetic that the JIT compiler turns
 * into vector instructions: polynomials and quotients of them, fitted for the least relative error,
 * off by a few units in the last place. An element's result depends on its value alone. NaN and
 * infinities are right; exponentials below the least normal float are 0.
 *
 * <p>The choice between two cases is written as a minimum or maximum, since branches would keep the
 * compiler from making vectors; both hand on NaN.
 */
final class FloatFunctions {
  /** 1.5 · 2²³: added to a small number, it leaves the nearest integer in the last bits. */
  private static final float ROUNDER = 12582912;

  private static final float LOG2_E = 1.442695f;

  /** ln 2 in two parts, the first short, so that its products with integers are exact. */
  private static final float LN2_HIGH = 0.6933594f;

  private static final float LN2_LOW = -0.00021219444f;

  /** Below this an exponential is 0, above {@link #EXP_HIGH} infinite. */
  private static final float EXP_LOW = -87.3f;

  private static final float EXP_HIGH = 89;

  /** From here on the quotient for tanh would be just beyond 1; here it is 1. */
  private static final float TANH_END = 8.163579f;

  /** The same for erf. */
  private static final float ERF_END = 3.6469176f;

  /** The bits of {@link #ROUNDER} and of √½. */
  private static final int ROUNDER_BITS = 0x4b400000;

  private static final int ROOT_HALF = 0x3f3504f3;

  private FloatFunctions() {}

  /**
   * {@code eˣ = 2ᵏ eʳ} with {@code x = k ln 2 + r}; the power of 2 is one too low, since {@code
   * 2^128} is no float, and the polynomial is twice as large.
   */
  static void exp(Blocks blocks, float[] x, float[] y, int n) {
    float[] k = blocks.exponents;
    // Each loop is a method of its own: of several in one the compiler makes worse code.
    split(x, k, y, n);
    blocks.powersOfTwo(k, -1, blocks.powers, n);
    exp(k, blocks.powers, y, n);
  }

  /** Leaves x within bounds in y and {@code x log2 e}, rounded, in k. */
  private static void split(float[] x, float[] k, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float within = Math.max(EXP_LOW, Math.min(EXP_HIGH, x[i]));
      k[i] = within * LOG2_E + ROUNDER;
      y[i] = within;
    }
  }

  private static void exp(float[] k, float[] power, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float whole = k[i] - ROUNDER;
      y[i] = power[i] * twiceExp(y[i] - whole * LN2_HIGH - whole * LN2_LOW);
    }
  }

  /** {@code 2 eʳ} for r within {@code ± ln 2 / 2}. */
  private static float twiceExp(float r) {
    float p = 0.0027673484f * r + 0.016749797f;
    p = p * r + 0.083336465f;
    p = p * r + 0.3333284f;
    p = p * r + 0.9999998f;
    p = p * r + 2f;
    return p * r + 2;
  }

  /** {@code 1 / (1 + e⁻ˣ)}. */
  static void sigmoid(Blocks blocks, float[] x, float[] y, int n) {
    float[] k = blocks.exponents;
    splitNegative(x, k, y, n);
    blocks.powersOfTwo(k, -1, blocks.powers, n);
    sigmoid(k, blocks.powers, y, n);
  }

  private static void splitNegative(float[] x, float[] k, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float within = Math.max(EXP_LOW, Math.min(EXP_HIGH, -x[i]));
      k[i] = within * LOG2_E + ROUNDER;
      y[i] = within;
    }
  }

  private static void sigmoid(float[] k, float[] power, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float whole = k[i] - ROUNDER;
      y[i] = 1 / (1 + power[i] * twiceExp(y[i] - whole * LN2_HIGH - whole * LN2_LOW));
    }
  }

  static void tanh(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float t = Math.max(-TANH_END, Math.min(TANH_END, x[i]));
      float z = t * t;
      float p = 1.3305578e-8f * z + 2.0573803e-5f;
      p = p * z + 0.0034934487f;
      p = p * z + 0.13379225f;
      p = p * z + 1;
      float q = 7.7565153e-7f * z + 0.00032821333f;
      q = q * z + 0.025868846f;
      q = q * z + 0.46712542f;
      q = q * z + 1;
      y[i] = t * p / q;
    }
  }

  /** The Gauss error function. */
  static void erf(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float t = Math.max(-ERF_END, Math.min(ERF_END, x[i]));
      float z = t * t;
      float p = 2.0362554e-6f * z + 0.00028475258f;
      p = p * z + 0.0037893879f;
      p = p * z + 0.052819386f;
      p = p * z + 0.19104823f;
      p = p * z + 1.1283791f;
      float q = 3.7942114e-5f * z + 0.0011670741f;
      q = q * z + 0.015017188f;
      q = q * z + 0.11436149f;
      q = q * z + 0.5026448f;
      q = q * z + 1;
      y[i] = t * p / q;
    }
  }

  /** {@code log(1 + eˣ) = max(x, 0) + log(1 + e^-|x|)}. */
  static void softplus(Blocks blocks, float[] x, float[] y, int n) {
    float[] k = blocks.exponents;
    splitMinusAbs(x, k, y, n);
    blocks.powersOfTwo(k, -1, blocks.powers, n);
    exp(k, blocks.powers, y, n);
    addLog1p(x, y, n);
  }

  private static void splitMinusAbs(float[] x, float[] k, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float within = Math.max(EXP_LOW, -Math.abs(x[i]));
      k[i] = within * LOG2_E + ROUNDER;
      y[i] = within;
    }
  }

  private static void addLog1p(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float e = y[i];
      float p = 0.0034172735f * e + 0.23815724f;
      p = p * e + 1.066218f;
      p = p * e + 1;
      float q = 0.07528718f * e + 0.68793577f;
      q = q * e + 1.5662178f;
      q = q * e + 1;
      y[i] = Math.max(x[i], 0) + e * p / q;
    }
  }

  /**
   * {@code log x = k ln 2 + log m} with {@code x = 2ᵏ m} and m about 1; then {@code log m} is a
   * series in {@code s = (m - 1) / (m + 1)}.
   */
  static void log(Blocks blocks, float[] x, float[] y, int n) {
    int[] bits = blocks.ints;
    blocks.bits(x, bits, n);
    exponents(bits, blocks.moreInts, n);
    blocks.floats(bits, y, n);
    blocks.floats(blocks.moreInts, blocks.exponents, n);
    log(blocks.exponents, y, n);
    for (int i = 0; i < n; i++) {
      // What is not a normal positive number.
      if (!(x[i] >= Float.MIN_NORMAL && x[i] < Float.POSITIVE_INFINITY)) {
        y[i] = (float) Math.log(x[i]);
      }
    }
  }

  /** Splits into the bits of m, from √½ to √2, and those of {@code k + 1.5 · 2²³}. */
  private static void exponents(int[] bits, int[] k, int n) {
    for (int i = 0; i < n; i++) {
      int whole = (bits[i] - ROOT_HALF) >> 23;
      k[i] = ROUNDER_BITS + whole;
      bits[i] -= whole << 23;
    }
  }

  private static void log(float[] k, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float whole = k[i] - ROUNDER;
      float s = (y[i] - 1) / (y[i] + 1);
      float z = s * s;
      float p = 0.23337343f * z + 0.28550562f;
      p = p * z + 0.40000123f;
      p = p * z + 0.6666667f;
      y[i] = whole * LN2_HIGH + (s * (p * z + 2) + whole * LN2_LOW);
    }
  }
}
