package io.dendra.autograd;

import io.dendra.tensor.Tensor;

/** How {@link Autograd#grad} walks the graph. */
public final class GradientOptions {
  private boolean createGraph;
  private boolean retainGraph;
  private boolean allowUnused;
  private Tensor gradOutput;

  GradientOptions() {}

  /** Makes the gradients part of a graph, so that they can be differentiated again. */
  public GradientOptions createGraph() {
    createGraph = true;
    return this;
  }

  /** Keeps the graph, so that it can be walked again. */
  public GradientOptions retainGraph() {
    retainGraph = true;
    return this;
  }

  /** Gives zeros for an input that the output does not depend on, instead of an error. */
  public GradientOptions allowUnused() {
    allowUnused = true;
    return this;
  }

  /** The gradient of the output itself, of its shape; ones for a single number if not given. */
  public GradientOptions gradOutput(Tensor gradient) {
    gradOutput = gradient;
    return this;
  }

  boolean createsGraph() {
    return createGraph;
  }

  boolean retainsGraph() {
    return retainGraph || createGraph;
  }

  boolean allowsUnused() {
    return allowUnused;
  }

  Tensor gradOutput() {
    return gradOutput;
  }
}
