package io.dendra.autograd;

import io.dendra.ops.Primitive;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One call of an op in a gradient graph, or a leaf: a tensor that gradients are asked for.
 *
 * <p>A node owns what its rule needs of the forward pass. It is itself owned by the tensors it made
 * and by the nodes that use them, and gives everything up when the last owner is gone, so a graph
 * that is never walked back frees itself.
 */
public final class Node {
  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final Primitive primitive;
  private final Edge[] inputs;
  private final TensorSpec[] inputSpecs;
  private final TensorSpec[] outputSpecs;
  private final Tensor[] savedInputs;
  private final int[] savedVersions;
  private final Tensor[] savedOutputs;
  private final AtomicInteger owners = new AtomicInteger();
  private volatile boolean freed;

  /** A leaf. */
  Node(TensorSpec spec) {
    this.primitive = null;
    this.inputs = new Edge[0];
    this.inputSpecs = new TensorSpec[0];
    this.outputSpecs = new TensorSpec[] {spec};
    this.savedInputs = new Tensor[0];
    this.savedVersions = new int[0];
    this.savedOutputs = new Tensor[0];
  }

  /** The call of a primitive. */
  Node(Primitive primitive, Tensor[] in, Tensor[] out) {
    this.primitive = primitive;
    this.inputs = new Edge[in.length];
    this.inputSpecs = new TensorSpec[in.length];
    this.savedInputs = new Tensor[in.length];
    this.savedVersions = new int[in.length];
    for (int i = 0; i < in.length; i++) {
      inputSpecs[i] = in[i].spec();
      if (in[i].isTracked() && primitive.differentiable(i)) {
        inputs[i] = new Edge(in[i].node(), in[i].nodeOutput());
        inputs[i].node().retain();
      }
      if (primitive.savesInput(i)) {
        savedInputs[i] = in[i].owned();
        savedVersions[i] = in[i].version();
      }
    }
    this.outputSpecs = new TensorSpec[out.length];
    this.savedOutputs = new Tensor[out.length];
    for (int i = 0; i < out.length; i++) {
      outputSpecs[i] = out[i].spec();
      if (primitive.savesOutput(i)) {
        // Without its node: a node that owned itself would never be given up.
        savedOutputs[i] = out[i].owned();
      }
    }
  }

  /** A number that is greater than those of all nodes this one depends on. */
  public long id() {
    return id;
  }

  /** Whether it stands for a tensor that gradients are asked for, not for an op. */
  public boolean isLeaf() {
    return primitive == null;
  }

  /** The op's name with its attributes, or {@code leaf}. */
  public String label() {
    return primitive == null ? "leaf" : primitive.toString();
  }

  /** The nodes whose results this one used, without those that need no gradient. */
  public List<Node> inputs() {
    return Arrays.stream(inputs).filter(Objects::nonNull).map(Edge::node).toList();
  }

  /** What the op gave. */
  public List<TensorSpec> outputs() {
    return List.of(outputSpecs);
  }

  Primitive primitive() {
    return primitive;
  }

  Edge[] edges() {
    return inputs;
  }

  TensorSpec inputSpec(int i) {
    return inputSpecs[i];
  }

  int outputCount() {
    return outputSpecs.length;
  }

  /** A new handle on a saved input, in the current scope, with its place in the graph. */
  Tensor input(int i) {
    Tensor saved = checked(savedInputs[i], "input " + i);
    if (saved.version() != savedVersions[i]) {
      throw new IllegalStateException(
          "input "
              + i
              + " of "
              + label()
              + " was written in place after the forward pass, so its gradient would be wrong:"
              + " take the gradient first, or write to a copy");
    }
    return inputs[i] == null ? saved.detach() : saved.alias(inputs[i].node(), inputs[i].output());
  }

  /** A new handle on a saved output, in the current scope, with its place in the graph. */
  Tensor output(int i) {
    Tensor saved = checked(savedOutputs[i], "output " + i);
    return saved.dtype().isFloating() ? saved.alias(this, i) : saved.detach();
  }

  private Tensor checked(Tensor saved, String what) {
    if (freed) {
      throw new IllegalStateException(
          "the graph through "
              + label()
              + " was freed by an earlier gradient: pass retainGraph() to go through it again");
    }
    if (saved == null) {
      throw new IllegalStateException(what + " of " + label() + " was not saved for its gradient");
    }
    return saved;
  }

  /** Frees what the rule needed; the graph's edges stay. */
  void freeSaved() {
    if (!freed) {
      freed = true;
      close(savedInputs);
      close(savedOutputs);
    }
  }

  private static void close(Tensor[] tensors) {
    for (Tensor tensor : tensors) {
      if (tensor != null) {
        tensor.close();
      }
    }
  }

  /** Adds an owner. */
  public void retain() {
    owners.incrementAndGet();
  }

  /** Takes an owner away; the last one frees the node and gives up the nodes before it. */
  public void release() {
    if (owners.decrementAndGet() > 0) {
      return;
    }
    // A loop and no recursion: a graph can be deeper than the stack.
    ArrayDeque<Node> unowned = new ArrayDeque<>();
    unowned.add(this);
    while (!unowned.isEmpty()) {
      Node node = unowned.poll();
      node.freeSaved();
      for (Edge edge : node.inputs) {
        if (edge != null && edge.node().owners.decrementAndGet() == 0) {
          unowned.add(edge.node());
        }
      }
    }
  }
}
