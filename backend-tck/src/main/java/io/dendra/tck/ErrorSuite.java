package io.dendra.tck;

import io.dendra.backend.Backends;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
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
    Refusal actual = refusal(sample, operands, device());
    long left = backend().memory().stats().live() - before;
    Refusal expected = refusal(sample, operands, TestedBackend.REFERENCE);
    for (String part : sample.parts()) {
      if (!actual.message().contains(part)) {
        throw new AssertionError("the message lacks '" + part + "': " + actual.message());
      }
    }
    if (!actual.late() && !actual.message().equals(expected.message())) {
      throw new AssertionError(
          "the message is: " + actual.message() + "\nthe reference says: " + expected.message());
    }
    if (left != 0) {
      throw new AssertionError(left + " bytes stayed behind");
    }
  }

  /**
   * What an op says of its operands.
   *
   * @param late whether it said so when its result was read: a device that works ahead finds wrong
   *     indices only then, and no longer knows the operands
   */
  private record Refusal(String message, boolean late) {}

  private static Refusal refusal(ErrorSample sample, NDArray[] operands, Device device) {
    Refusal[] refusal = new Refusal[1];
    Backends.use(
        device,
        () -> {
          boolean late = false;
          try (TensorScope scope = TensorScope.open()) {
            Tensor[] results = sample.call().apply(tensors(operands, device));
            late = true;
            for (Tensor result : results) {
              result.toNDArray();
            }
          } catch (IllegalArgumentException e) {
            refusal[0] = new Refusal(e.getMessage(), late);
          }
        });
    if (refusal[0] == null) {
      throw new AssertionError("was accepted");
    }
    return refusal[0];
  }
}
