package io.dendra.tck;

import io.dendra.autograd.Autograd;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A random graph of ops over random shapes, types and memory orders; the same for a seed. It is
 * made on tensors without memory, which know their shapes, and can then run anywhere.
 */
final class RandomGraph {
  private static final int[] LENGTHS = {1, 1, 2, 3, 4, 5};

  /**
   * An operand.
   *
   * @param values its values
   * @param order how they lie in memory
   */
  private record Leaf(NDArray values, MemoryOrder order) {}

  /**
   * A call.
   *
   * @param label the op, for reports
   * @param inputs the numbers of its operands: leaves first, then the results of earlier calls
   * @param call the op
   */
  record Step(String label, int[] inputs, OpCall call) {}

  private final DType dtype;
  private final List<Leaf> leaves = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();

  private RandomGraph(DType dtype) {
    this.dtype = dtype;
  }

  static RandomGraph of(long seed) {
    RandomStream stream = new RandomStream(RandomKey.of(seed).fold("graph"));
    RandomGraph graph = new RandomGraph(stream.nextInt(2) == 0 ? DType.FLOAT32 : DType.FLOAT64);
    List<Tensor> values = new ArrayList<>();
    for (int i = 2 + stream.nextInt(2); i > 0; i--) {
      Leaf leaf = graph.leaf(stream);
      graph.leaves.add(leaf);
      values.add(Tensor.meta(leaf.values().shape(), graph.dtype));
    }
    for (int i = 5 + stream.nextInt(9); i > 0; i--) {
      Step step = RandomSteps.choose(stream, values);
      graph.steps.add(step);
      values.add(step.call().apply(select(values, step.inputs()))[0]);
    }
    return graph;
  }

  private Leaf leaf(RandomStream stream) {
    long[] dims = new long[stream.nextInt(5)];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = LENGTHS[stream.nextInt(LENGTHS.length)];
    }
    if (dims.length > 0 && stream.nextInt(25) == 0) {
      dims[0] = 0;
    }
    MemoryOrder order = MemoryOrder.values()[stream.nextInt(MemoryOrder.values().length)];
    NDArray values = Operand.in(-1, 1, dims).draw(stream, dtype);
    return new Leaf(order.expressible(values), order);
  }

  private static Tensor[] select(List<Tensor> values, int[] places) {
    Tensor[] selected = new Tensor[places.length];
    for (int i = 0; i < places.length; i++) {
      selected[i] = values.get(places[i]);
    }
    return selected;
  }

  /** All values, and the gradients of a number made of them all by the leaves. */
  NDArray[] run(Device device) {
    return Suite.hosted(
        () -> {
          List<Tensor> inputs = new ArrayList<>();
          for (Leaf leaf : leaves) {
            inputs.add(leaf.order().tensor(leaf.values(), device).requiresGrad());
          }
          List<Tensor> values = new ArrayList<>(inputs);
          Tensor sum = null;
          for (Step step : steps) {
            Tensor value = step.call().apply(select(values, step.inputs()))[0];
            values.add(value);
            Tensor part = value.tanh().sum().mul(1.0 / Math.max(1, value.size()));
            sum = sum == null ? part : sum.add(part);
          }
          if (sum.isTracked()) {
            values.addAll(Autograd.grad(sum, inputs, options -> options.allowUnused()));
          }
          return values.toArray(new Tensor[0]);
        },
        device);
  }

  /** Errors grow along a chain of ops. */
  Tolerance tolerance() {
    return new Tolerance(2e-3, 1e-9);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (Leaf leaf : leaves) {
      line(text, number++, dtype.label() + leaf.values().shape() + " " + leaf.order());
    }
    for (Step step : steps) {
      line(text, number++, step.label() + " of " + Arrays.toString(step.inputs()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, int number, String what) {
    text.append("  ").append(number).append(" = ").append(what).append('\n');
  }
}
