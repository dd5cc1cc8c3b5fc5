package io.dendra.tck;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tck.specs.LinearPairs;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The dot test of linear functions and their adjoints. */
public abstract class AdjointSuite extends Suite {
  private static final RandomKey KEY = RandomKey.of(11);

  /** A suite over a backend. */
  protected AdjointSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicTest> adjoints() {
    return LinearPairs.all().stream()
        .map(
            pair ->
                test(
                    pair.name(),
                    device(),
                    () -> {
                      check(pair, DType.FLOAT64, 1e-13);
                      check(pair, DType.FLOAT32, 1e-5);
                    }));
  }

  private static void check(LinearPair pair, DType dtype, double bound) {
    Tensor x = Tensor.of(pair.x().draw(new RandomStream(KEY.fold(0)), dtype));
    Tensor y = Tensor.of(pair.y().draw(new RandomStream(KEY.fold(1)), dtype));
    Tensor image = pair.forward().apply(x);
    Tensor preimage = pair.adjoint().apply(y);
    double[] left = products(image, y);
    double[] right = products(x, preimage);
    double size = Math.max(left[1], right[1]);
    if (!(Math.abs(left[0] - right[0]) <= bound * (size + 1))) {
      throw new AssertionError(
          dtype.label() + ": <A x, y> is " + left[0] + ", <x, A* y> is " + right[0]);
    }
  }

  /** The sum of the products, and of their sizes. */
  private static double[] products(Tensor a, Tensor b) {
    if (!a.shape().equals(b.shape())) {
      throw new AssertionError("shape " + a.shape() + ", expected " + b.shape());
    }
    double[] first = a.toNDArray().doubles();
    double[] second = b.toNDArray().doubles();
    double sum = 0;
    double size = 0;
    for (int i = 0; i < first.length; i++) {
      sum += first[i] * second[i];
      size += Math.abs(first[i] * second[i]);
    }
    return new double[] {sum, size};
  }
}
