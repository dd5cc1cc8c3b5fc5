package io.dendra.autograd;

import io.dendra.ops.ShapeOps;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * One walk back through a graph: nodes in falling order of their ids, so that each is reached when
 * all that used it are done.
 */
final class BackwardPass {
  private final Tensor output;
  private final List<Tensor> inputs;
  private final GradientOptions options;

  /** Nodes between the output and the inputs. */
  private final Set<Node> onPath = new HashSet<>();

  /** Gradients of the outputs of nodes still to be visited, owned by this pass. */
  private final Map<Node, Tensor[]> gradients = new HashMap<>();

  private final PriorityQueue<Node> pending =
      new PriorityQueue<>(Comparator.comparingLong(Node::id).reversed());

  /** Nodes of the inputs, whose gradients stay. */
  private final Set<Node> targets = new HashSet<>();

  BackwardPass(Tensor output, List<Tensor> inputs, GradientOptions options) {
    this.output = output;
    this.inputs = inputs;
    this.options = options;
  }

  List<Tensor> run() {
    check();
    inputs.forEach(input -> targets.add(input.node()));
    findPath();
    try {
      Autograd.recording(
          options.createsGraph(),
          () -> {
            seed();
            while (!pending.isEmpty()) {
              visit(pending.poll());
            }
            return null;
          });
      return results();
    } finally {
      gradients.values().forEach(BackwardPass::close);
    }
  }

  private void check() {
    for (Tensor input : inputs) {
      if (!input.isTracked()) {
        throw new IllegalArgumentException(
            "no gradient by a tensor "
                + input.spec()
                + " that does not require one: call requiresGrad() before using it");
      }
    }
    Tensor given = options.gradOutput();
    if (given == null && output.shape().size() != 1) {
      throw new IllegalArgumentException(
          "the gradient of "
              + output.spec()
              + " needs a single number: reduce it with sum() or mean(), or pass gradOutput()");
    }
    if (given != null && !given.shape().equals(output.shape())) {
      throw new IllegalArgumentException(
          "gradOutput has shape " + given.shape() + ", the output " + output.shape());
    }
  }

  private void findPath() {
    if (!output.isTracked()) {
      return;
    }
    List<Node> reached = new ArrayList<>();
    Set<Node> seen = new HashSet<>();
    ArrayDeque<Node> open = new ArrayDeque<>();
    open.add(output.node());
    seen.add(output.node());
    while (!open.isEmpty()) {
      Node node = open.poll();
      reached.add(node);
      for (Edge edge : node.edges()) {
        if (edge != null && seen.add(edge.node())) {
          open.add(edge.node());
        }
      }
    }
    reached.sort(Comparator.comparingLong(Node::id));
    for (Node node : reached) {
      if (targets.contains(node) || leadsToPath(node)) {
        onPath.add(node);
      }
    }
  }

  private boolean leadsToPath(Node node) {
    for (Edge edge : node.edges()) {
      if (edge != null && onPath.contains(edge.node())) {
        return true;
      }
    }
    return false;
  }

  private void seed() {
    if (!output.isTracked() || !onPath.contains(output.node())) {
      return;
    }
    try (TensorScope scope = TensorScope.open("backward")) {
      Tensor gradient = options.gradOutput();
      accumulate(
          new Edge(output.node(), output.nodeOutput()),
          gradient != null
              ? gradient
              : Tensor.full(output.shape(), 1, output.dtype(), output.device()));
    }
  }

  private void visit(Node node) {
    Tensor[] gradOutputs = gradients.get(node);
    if (leadsToPath(node)) {
      Edge[] edges = node.edges();
      boolean[] wanted = new boolean[edges.length];
      for (int i = 0; i < edges.length; i++) {
        wanted[i] = edges[i] != null && onPath.contains(edges[i].node());
      }
      try (TensorScope scope = TensorScope.open("backward")) {
        GradientContext context = new GradientContext(node, gradOutputs, wanted);
        Tensor[] gradInputs = node.primitive().backward(context, gradOutputs[0]);
        for (int i = 0; i < edges.length; i++) {
          if (wanted[i] && gradInputs[i] != null) {
            check(node, i, gradInputs[i]);
            accumulate(edges[i], gradInputs[i]);
          }
        }
      }
      if (!options.retainsGraph()) {
        node.freeSaved();
      }
    }
    if (!targets.contains(node)) {
      close(gradients.remove(node));
    }
  }

  private static void check(Node node, int input, Tensor gradient) {
    Shape expected = node.inputSpec(input).shape();
    if (!gradient.shape().equals(expected)) {
      throw new IllegalStateException(
          "the gradient rule of "
              + node.label()
              + " gave shape "
              + gradient.shape()
              + " for input "
              + input
              + " of shape "
              + expected);
    }
  }

  private void accumulate(Edge edge, Tensor gradient) {
    Node node = edge.node();
    Tensor[] sums = gradients.get(node);
    if (sums == null) {
      sums = new Tensor[node.outputCount()];
      gradients.put(node, sums);
      pending.add(node);
    }
    Tensor before = sums[edge.output()];
    if (before == null) {
      sums[edge.output()] = gradient.ownedWithGraph();
    } else {
      sums[edge.output()] = before.add(gradient).ownedWithGraph();
      before.close();
    }
  }

  private List<Tensor> results() {
    List<Tensor> results = new ArrayList<>(inputs.size());
    for (Tensor input : inputs) {
      Tensor[] sums = gradients.get(input.node());
      Tensor gradient = sums == null ? null : sums[input.nodeOutput()];
      if (gradient != null) {
        results.add(gradient.alias());
      } else if (options.allowsUnused()) {
        results.add(ShapeOps.zerosLike(input));
      } else {
        throw new IllegalArgumentException(
            "the output does not depend on the input "
                + input.spec()
                + ": pass allowUnused() to get zeros for it");
      }
    }
    return results;
  }

  private static void close(Tensor[] tensors) {
    for (Tensor tensor : tensors) {
      if (tensor != null) {
        tensor.close();
      }
    }
  }
}
