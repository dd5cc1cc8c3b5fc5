package io.dendra.tck;

import io.dendra.backend.Backends;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Wrong operands are refused with the same words on every backend, and nothing stays behind. */
public abstract class ErrorSuite extends Suite {
  /** A suite over a backend. */
  protected ErrorSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicNode> errors() {
    return perSpec(this::tests);
  }

  private List<DynamicTest> tests(OpSpec spec) {
    List<DynamicTest> tests = new ArrayList<>();
    for (ErrorSample sample : spec.errors()) {
      tests.add(test(spec.name() + ", " + sample.label(), device(), () -> check(sample)));
    }
    return tests;
  }

  private void check(ErrorSample sample) {
    NDArray[] operands =
        new Sample("", sample.call(), sample.operands(), false, OpSpec.SEED).draw(DType.FLOAT32);
    long before = backend().memory().stats().live();
    String actual = message(sample, operands, device());
    long left = backend().memory().stats().live() - before;
    String expected = message(sample, operands, TestedBackend.REFERENCE);
    for (String part : sample.parts()) {
      if (!actual.contains(part)) {
        throw new AssertionError("the message lacks '" + part + "': " + actual);
      }
    }
    if (!actual.equals(expected)) {
      throw new AssertionError("the message is: " + actual + "\nthe reference says: " + expected);
    }
    if (left != 0) {
      throw new AssertionError(left + " bytes stayed behind");
    }
  }

  private static String message(ErrorSample sample, NDArray[] operands, Device device) {
    String[] message = new String[1];
    Backends.use(
        device,
        () -> {
          try (TensorScope scope = TensorScope.open()) {
            sample.call().apply(tensors(operands, device));
          } catch (IllegalArgumentException e) {
            message[0] = e.getMessage();
          }
        });
    if (message[0] == null) {
      throw new AssertionError("was accepted");
    }
    return message[0];
  }
}
