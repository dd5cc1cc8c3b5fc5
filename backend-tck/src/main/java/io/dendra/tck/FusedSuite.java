package io.dendra.tck;

import io.dendra.autograd.Autograd;
import io.dendra.ops.Dispatcher;
import io.dendra.ops.Fused;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fused kernels give what their decompositions give: results and gradients, from operands in any
 * memory order. Gradients are taken of all results together and of each alone.
 */
public abstract class FusedSuite extends Suite {
  private static final Logger LOG = LoggerFactory.getLogger(FusedSuite.class);

  private final Set<String> kernels = new TreeSet<>();

  /** A suite over a backend. */
  protected FusedSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicNode> fused() {
    Stream<DynamicNode> specs =
        perSpec(
            spec ->
                spec.name().startsWith("cast")
                    ? List.of()
                    : perSample(spec, (sample, dtype) -> compare(spec, sample, dtype)));
    return specs.onClose(() -> LOG.info("{} has kernels for {}", backend(), kernels));
  }

  private void compare(OpSpec spec, Sample sample, DType dtype) {
    NDArray[] operands = sample.draw(dtype);
    List<Integer> tracked =
        spec.isDifferentiable() && sample.smooth() ? sample.tracked(dtype) : List.of();
    Set<String> called = new TreeSet<>();
    Dispatcher.listen(
        (primitive, in, out, nanos) -> called.add(primitive.getClass().getSimpleName()),
        () -> run(sample, operands, tracked, MemoryOrder.CONTIGUOUS, 0, true));
    if (!called.contains("Forward")) {
      return;
    }
    kernels.add(spec.name());
    for (MemoryOrder order : MemoryOrder.values()) {
      NDArray[] placed = operands.clone();
      for (int i = 0; i < placed.length; i++) {
        placed[i] = order.expressible(placed[i]);
      }
      for (int only = -1; only < results(sample.call(), operands, device()).length; only++) {
        NDArray[] expected = run(sample, placed, tracked, order, only, false);
        NDArray[] actual = run(sample, placed, tracked, order, only, true);
        Closeness.assertClose(actual, expected, spec.tolerance().times(4));
      }
    }
  }

  /** Results and gradients; {@code only} is the result that the gradients are of, -1 for all. */
  private NDArray[] run(
      Sample sample,
      NDArray[] operands,
      List<Integer> tracked,
      MemoryOrder order,
      int only,
      boolean fused) {
    Device device = device();
    return Fused.using(
        fused,
        () ->
            hosted(
                () -> {
                  Tensor[] in = new Tensor[operands.length];
                  List<Tensor> inputs = new ArrayList<>();
                  for (int i = 0; i < in.length; i++) {
                    in[i] = order.tensor(operands[i], device);
                    if (tracked.contains(i)) {
                      inputs.add(in[i].requiresGrad());
                    }
                  }
                  Tensor[] out = sample.call().apply(in);
                  List<Tensor> all = new ArrayList<>(List.of(out));
                  Tensor sum = sum(out, only);
                  if (sum != null && sum.isTracked()) {
                    all.addAll(Autograd.grad(sum, inputs, o -> o.allowUnused()));
                  }
                  return all.toArray(new Tensor[0]);
                },
                device));
  }

  /** Squares, so that the gradients that flow in differ. */
  private static Tensor sum(Tensor[] out, int only) {
    Tensor sum = null;
    for (int i = 0; i < out.length; i++) {
      if (out[i].dtype().isFloating() && (only < 0 || only == i)) {
        Tensor part = out[i].square().add(out[i]).sum();
        sum = sum == null ? part : sum.add(part);
      }
    }
    return sum;
  }
}
