package io.dendra.benchmarks.peers;

/** One step of a workload, the same every time. */
@FunctionalInterface
public interface Step {
  /** Runs it and gives the loss before its update, or one number of what it computed. */
  double run();
}
