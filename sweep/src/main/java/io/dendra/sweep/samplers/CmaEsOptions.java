package io.dendra.sweep.samplers;

/** How a {@link CmaEsSampler} searches. */
public final class CmaEsOptions {
  /** What follows when the distribution has converged. */
  public enum Restart {
    /** Nothing: it draws near where it is. */
    NONE,
    /** A start elsewhere with twice the population (A. Auger, N. Hansen, 2005). */
    IPOP,
    /** The same in turn with short searches of small populations (N. Hansen, 2009). */
    BIPOP
  }

  private int population;
  private double size = 1.0 / 6;
  private int startupTrials = 1;
  private boolean margin = true;
  private Restart restart = Restart.IPOP;

  CmaEsOptions() {}

  /**
   * How many trials make a generation; by default 4 and three times the logarithm of parameters.
   */
  public CmaEsOptions population(int population) {
    if (population < 4) {
      throw new IllegalArgumentException("a population has at least 4, given " + population);
    }
    this.population = population;
    return this;
  }

  /** The first deviation, as a part of each range; a sixth by default. */
  public CmaEsOptions size(double size) {
    if (!(size > 0 && size <= 1)) {
      throw new IllegalArgumentException("a size is above 0 and up to 1, given " + size);
    }
    this.size = size;
    return this;
  }

  /** How many trials have random parameters before the first generation; 1 by default. */
  public CmaEsOptions startupTrials(int trials) {
    this.startupTrials = trials;
    return this;
  }

  /** Whether numbers with gaps are kept from freezing; on by default. */
  public CmaEsOptions margin(boolean margin) {
    this.margin = margin;
    return this;
  }

  /** What follows when it has converged; {@link Restart#IPOP} by default. */
  public CmaEsOptions restart(Restart restart) {
    this.restart = restart;
    return this;
  }

  int populationFor(int dimensions) {
    return population > 0 ? population : 4 + (int) (3 * StrictMath.log(dimensions));
  }

  double size() {
    return size;
  }

  int startupTrials() {
    return startupTrials;
  }

  boolean hasMargin() {
    return margin;
  }

  Restart restart() {
    return restart;
  }
}
