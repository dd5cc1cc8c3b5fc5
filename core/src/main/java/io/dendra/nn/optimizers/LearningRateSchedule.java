package io.dendra.nn.optimizers;

/**
 * The learning rate of each step; a lambda will do.
 *
 * <pre>{@code
 * new SGD(step -> 0.1 / (1 + step / 1000.0))
 * }</pre>
 */
@FunctionalInterface
public interface LearningRateSchedule {
  /**
   * The rate of a step.
   *
   * @param step the number of steps made before
   */
  double at(long step);
}
