package io.dendra.tck;

import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every op gives the same values wherever the elements of its operands lie: transposed, sliced,
 * channels last, broadcast.
 */
public abstract class LayoutSuite extends Suite {
  /** A suite over a backend. */
  protected LayoutSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicNode> layouts() {
    return perSpec(this::tests);
  }

  private List<DynamicTest> tests(OpSpec spec) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Sample sample : spec.samples()) {
      for (DType dtype : spec.dtypes()) {
        tests.add(
            test(
                name(spec, sample, dtype),
                device(),
                () -> {
                  for (MemoryOrder order : MemoryOrder.values()) {
                    compare(spec, sample, dtype, order);
                  }
                }));
      }
    }
    return tests;
  }

  private void compare(OpSpec spec, Sample sample, DType dtype, MemoryOrder order) {
    NDArray[] operands = sample.draw(dtype);
    for (int i = 0; i < operands.length; i++) {
      operands[i] = order.expressible(operands[i]);
    }
    NDArray[] expected = results(sample.call(), operands, TestedBackend.REFERENCE);
    NDArray[] actual =
        hosted(
            () -> {
              Tensor[] in = new Tensor[operands.length];
              for (int i = 0; i < in.length; i++) {
                in[i] = order.tensor(operands[i], device());
              }
              return sample.call().apply(in);
            },
            device());
    try {
      Closeness.assertClose(actual, expected, spec.tolerance());
    } catch (AssertionError e) {
      throw new AssertionError("operands " + order + ": " + e.getMessage(), e);
    }
  }
}
