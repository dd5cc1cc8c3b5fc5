package io.dendra.sweep.samplers;

/** One dimension of the kernels of a Parzen estimator. */
sealed interface KernelAxis permits NumericKernels, CategoricalKernels {
  /** What does not hang on where the density is asked for, in logarithms. */
  double constant(int kernel);

  /** Prepares for candidates, as values in the form that the axis was made of. */
  void prepare(double[] internals);

  /** The rest of the logarithm of the density of a kernel at a prepared candidate: at most 0. */
  double term(int kernel, int candidate);

  /**
   * Adds each kernel's term to its sum. What is added to sums that are not above the bound already
   * may be left out.
   */
  void addTerms(int candidate, double[] sums, double bound);

  /** Draws a value from a kernel, in the form of {@code Distribution.encode}. */
  double draw(int kernel, double uniform);
}
