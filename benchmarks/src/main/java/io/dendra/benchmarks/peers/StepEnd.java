package io.dendra.benchmarks.peers;

/** Is told of the end of each step, within {@code fit} and without. */
@FunctionalInterface
interface StepEnd {
  /**
   * A step is done.
   *
   * @param loss what it gave
   * @return whether there is to be another
   */
  boolean stepDone(double loss);
}
