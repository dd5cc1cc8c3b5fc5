package io.dendra.autograd;

import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;

/** What a gradient rule sees of the forward pass. */
public final class GradientContext {
  private final Node node;
  private final Tensor[] gradOutputs;
  private final boolean[] wanted;

  GradientContext(Node node, Tensor[] gradOutputs, boolean[] wanted) {
    this.node = node;
    this.gradOutputs = gradOutputs;
    this.wanted = wanted;
  }

  /** An input, for ops that save it. */
  public Tensor input(int i) {
    return node.input(i);
  }

  /** An output, for ops that save it. */
  public Tensor output(int i) {
    return node.output(i);
  }

  /** The shape of an input, saved or not. */
  public Shape inputShape(int i) {
    return node.inputSpec(i).shape();
  }

  /** Shape and type of an input, saved or not. */
  public TensorSpec inputSpec(int i) {
    return node.inputSpec(i);
  }

  /** The number of inputs. */
  public int inputCount() {
    return node.edges().length;
  }

  /** The number of outputs. */
  public int outputCount() {
    return node.outputCount();
  }

  /** The gradient of an output, null when nothing depends on it. */
  public Tensor gradOutput(int i) {
    return gradOutputs[i];
  }

  /** Whether the gradient of an input is used; a rule may return null for it otherwise. */
  public boolean wants(int input) {
    return wanted[input];
  }
}
