package io.dendra.tck;

import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Gradients against central differences in float64: of every differentiable op, and of its gradient
 * again, by the operands and by the gradient that flows in.
 */
public abstract class GradientSuite extends Suite {
  /** A suite over a backend. */
  protected GradientSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicNode> gradients() {
    return perSpec(spec -> tests(spec, 1));
  }

  @TestFactory
  final Stream<DynamicNode> gradientsOfGradients() {
    return perSpec(spec -> tests(spec, 2));
  }

  private List<DynamicTest> tests(OpSpec spec, int order) {
    List<DynamicTest> tests = new ArrayList<>();
    if (!spec.isDifferentiable() || !spec.dtypes().contains(DType.FLOAT64)) {
      return tests;
    }
    for (Sample sample : spec.samples()) {
      List<Integer> tracked = sample.tracked(DType.FLOAT64);
      if (sample.smooth() && !tracked.isEmpty()) {
        String name = "order " + order + " of " + name(spec, sample, DType.FLOAT64);
        tests.add(test(name, device(), () -> check(sample, tracked, order)));
      }
    }
    return tests;
  }

  private void check(Sample sample, List<Integer> tracked, int order) {
    NDArray[] operands = sample.draw(DType.FLOAT64);
    Weighted sum = Weighted.of(sample.call(), operands, device());
    if (order == 1) {
      FiniteDifferences.check(sum.call(), sum.operands(), tracked);
      return;
    }
    List<Integer> inputs = new ArrayList<>(tracked);
    for (int i = operands.length; i < sum.operands().length; i++) {
      inputs.add(i);
    }
    Weighted again = Weighted.of(Weighted.gradient(sum.call(), tracked), sum.operands(), device());
    FiniteDifferences.check(again.call(), again.operands(), inputs);
  }
}
