package io.dendra.sweep.samplers;

/** How an {@link NsgaIiSampler} breeds. */
public final class NsgaIiOptions {
  private int population = 50;
  private double crossover = 0.9;
  private double swapping = 0.5;
  private double mutation = Double.NaN;
  private boolean simulatedBinary;
  private double spread = 20;

  NsgaIiOptions() {}

  /** How many trials make a generation; 50 by default. */
  public NsgaIiOptions population(int population) {
    if (population < 2) {
      throw new IllegalArgumentException("a population has at least 2, given " + population);
    }
    this.population = population;
    return this;
  }

  /** How likely a child has two parents; 0.9 by default. */
  public NsgaIiOptions crossover(double probability) {
    this.crossover = probability(probability);
    return this;
  }

  /** How likely a parameter comes from the second parent; 0.5 by default. */
  public NsgaIiOptions swapping(double probability) {
    this.swapping = probability(probability);
    return this;
  }

  /** How likely a parameter is drawn anew; one of all parameters by default. */
  public NsgaIiOptions mutation(double probability) {
    this.mutation = probability(probability);
    return this;
  }

  /**
   * Makes numbers lie around those of the parents instead of being one of them: simulated binary
   * crossover (K. Deb, R. Agrawal, 1995).
   *
   * @param spread the index: the larger, the closer to the parents; 20 is usual
   */
  public NsgaIiOptions simulatedBinary(double spread) {
    if (!(spread >= 0)) {
      throw new IllegalArgumentException("a spread is not negative, given " + spread);
    }
    this.simulatedBinary = true;
    this.spread = spread;
    return this;
  }

  private static double probability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability is from 0 to 1, given " + probability);
    }
    return probability;
  }

  int population() {
    return population;
  }

  double crossover() {
    return crossover;
  }

  double swapping() {
    return swapping;
  }

  double mutation(int parameters) {
    return Double.isNaN(mutation) ? 1.0 / Math.max(parameters, 1) : mutation;
  }

  boolean isSimulatedBinary() {
    return simulatedBinary;
  }

  double spread() {
    return spread;
  }
}
