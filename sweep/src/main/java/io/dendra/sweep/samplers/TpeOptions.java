package io.dendra.sweep.samplers;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** How a {@link TpeSampler} learns. The names are Optuna's. */
public final class TpeOptions {
  /** The latest trials count in full. */
  private static final int FULL_WEIGHTS = 25;

  private int startupTrials = 10;
  private int candidates = 24;
  private IntUnaryOperator gamma = n -> Math.min((int) Math.ceil(0.1 * n), 25);
  private IntFunction<double[]> weights = TpeOptions::fading;
  private boolean multivariate = true;
  private boolean group = true;
  private boolean constantLiar = true;
  private boolean considerEndpoints;
  private boolean magicClip = true;
  private double priorWeight = 1;

  TpeOptions() {}

  /** How many trials have random parameters before the sampler learns; 10 by default. */
  public TpeOptions startupTrials(int trials) {
    this.startupTrials = trials;
    return this;
  }

  /** Among how many draws the most promising is taken; 24 by default. */
  public TpeOptions candidates(int candidates) {
    if (candidates < 1) {
      throw new IllegalArgumentException("at least 1 candidate is needed, given " + candidates);
    }
    this.candidates = candidates;
    return this;
  }

  /** How many of so many trials count as good; a tenth, but at most 25, by default. */
  public TpeOptions gamma(IntUnaryOperator gamma) {
    this.gamma = gamma;
    return this;
  }

  /**
   * How much each of so many trials counts, from the oldest; by default the latest 25 in full and
   * those before ever less.
   */
  public TpeOptions weights(IntFunction<double[]> weights) {
    this.weights = weights;
    return this;
  }

  /** Whether parameters are drawn together instead of each on its own; on by default. */
  public TpeOptions multivariate(boolean multivariate) {
    this.multivariate = multivariate;
    return this;
  }

  /**
   * Whether parameters that hang on a condition are drawn together too, as groups; on by default.
   * Without it, only those that all trials have are. Of no effect unless multivariate.
   */
  public TpeOptions group(boolean group) {
    this.group = group;
    return this;
  }

  /** Whether running trials count as bad ones, so that no two try the same; on by default. */
  public TpeOptions constantLiar(boolean constantLiar) {
    this.constantLiar = constantLiar;
    return this;
  }

  /** Whether the widths of the outermost kernels reach to the bounds; off by default. */
  public TpeOptions considerEndpoints(boolean considerEndpoints) {
    this.considerEndpoints = considerEndpoints;
    return this;
  }

  /** Whether kernels have a least width, by their number; on by default. */
  public TpeOptions magicClip(boolean magicClip) {
    this.magicClip = magicClip;
    return this;
  }

  /** How much the whole range counts, as a kernel beside those of the trials; 1 by default. */
  public TpeOptions priorWeight(double weight) {
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException("a prior weight is positive, given " + weight);
    }
    this.priorWeight = weight;
    return this;
  }

  int startupTrials() {
    return startupTrials;
  }

  int candidates() {
    return candidates;
  }

  int good(int trials) {
    return Math.min(Math.max(gamma.applyAsInt(trials), 0), trials);
  }

  /** Of so many trials and of the prior; they sum to 1. */
  double[] kernelWeights(int trials, boolean equal) {
    double[] all = new double[trials + 1];
    Arrays.fill(all, 1);
    if (!equal && trials > 0) {
      double[] given = weights.apply(trials);
      require(given, trials);
      System.arraycopy(given, 0, all, 0, trials);
    }
    all[trials] = trials == 0 ? 1 : priorWeight;
    double sum = Arrays.stream(all).sum();
    Arrays.setAll(all, i -> all[i] / sum);
    return all;
  }

  private static void require(double[] given, int trials) {
    if (given.length < trials
        || Arrays.stream(given).anyMatch(weight -> !(weight >= 0) || Double.isInfinite(weight))) {
      throw new IllegalArgumentException(
          "weights of "
              + trials
              + " trials are as many numbers of at least 0, given "
              + Arrays.toString(given));
    }
  }

  boolean isMultivariate() {
    return multivariate;
  }

  boolean isGrouped() {
    return multivariate && group;
  }

  boolean isLiar() {
    return constantLiar;
  }

  boolean considersEndpoints() {
    return considerEndpoints;
  }

  boolean hasMagicClip() {
    return magicClip;
  }

  double priorWeight() {
    return priorWeight;
  }

  private static double[] fading(int trials) {
    double[] weights = new double[trials];
    Arrays.fill(weights, 1);
    int ramp = trials - FULL_WEIGHTS;
    for (int i = 0; i < ramp; i++) {
      double first = 1.0 / trials;
      weights[i] = ramp == 1 ? first : first + (1 - first) * i / (ramp - 1);
    }
    return weights;
  }
}
