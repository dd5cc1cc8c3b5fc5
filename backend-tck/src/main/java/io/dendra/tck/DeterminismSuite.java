package io.dendra.tck;

import io.dendra.autograd.Autograd;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The same call gives the same bits again: results, and gradients where there are some. */
public abstract class DeterminismSuite extends Suite {
  private static final int REPEATS = 3;

  /** A suite over a backend. */
  protected DeterminismSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicNode> runTwice() {
    return perSpec(
        spec ->
            perSample(
                spec,
                (sample, dtype) -> {
                  NDArray[] operands = sample.draw(dtype);
                  NDArray[] first = run(spec, sample, operands, dtype);
                  for (int i = 1; i < REPEATS; i++) {
                    Closeness.assertSame(run(spec, sample, operands, dtype), first);
                  }
                }));
  }

  private NDArray[] run(OpSpec spec, Sample sample, NDArray[] operands, DType dtype) {
    return hosted(
        () -> {
          Tensor[] in = tensors(operands, device());
          List<Tensor> inputs = new ArrayList<>();
          if (spec.isDifferentiable()) {
            sample.tracked(dtype).forEach(i -> inputs.add(in[i].requiresGrad()));
          }
          Tensor[] out = sample.call().apply(in);
          List<Tensor> all = new ArrayList<>(List.of(out));
          for (Tensor result : out) {
            if (result.isTracked() && result.node() != null) {
              all.addAll(
                  Autograd.grad(result.square().sum(), inputs, o -> o.allowUnused().retainGraph()));
            }
          }
          return all.toArray(new Tensor[0]);
        },
        device());
  }
}
