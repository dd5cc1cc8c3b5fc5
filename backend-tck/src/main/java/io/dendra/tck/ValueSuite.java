package io.dendra.tck;

import io.dendra.tensor.NDArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** Every op gives what the reference gives. */
public abstract class ValueSuite extends Suite {
  /** A suite over a backend. */
  protected ValueSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicNode> values() {
    return perSpec(
        spec ->
            perSample(
                spec,
                (sample, dtype) -> {
                  NDArray[] operands = sample.draw(dtype);
                  NDArray[] expected = results(sample.call(), operands, TestedBackend.REFERENCE);
                  NDArray[] actual = results(sample.call(), operands, device());
                  Closeness.assertClose(actual, expected, spec.tolerance());
                }));
  }
}
