package io.dendra.tck;

import io.dendra.ops.Fused;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Five steps of training give the losses that PyTorch gives. */
public abstract class TrainingSuite extends Suite {
  private static final int STEPS = 5;

  /** A suite over a backend. */
  protected TrainingSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicTest> training() {
    return Stream.of(true, false)
        .flatMap(
            fused ->
                Stream.of(DType.FLOAT64, DType.FLOAT32)
                    .map(
                        dtype ->
                            test(
                                dtype.label() + (fused ? "" : " decomposed"),
                                device(),
                                () -> train(fused, dtype))));
  }

  private void train(boolean fused, DType dtype) {
    double[] losses = Fused.using(fused, () -> new SmallNetwork(5, dtype, device()).train(STEPS));
    double bound = dtype == DType.FLOAT64 ? 1e-11 : 2e-5;
    NDArray expected = GoldenValues.of("training", "losses");
    Closeness.assertClose("losses", NDArray.of(losses), expected, bound);
  }

  @TestFactory
  final List<DynamicTest> sameSeedSameLosses() {
    return List.of(
        test(
            "bit for bit",
            device(),
            () -> {
              double[] once = new SmallNetwork(9, DType.FLOAT32, device()).train(20);
              double[] again = new SmallNetwork(9, DType.FLOAT32, device()).train(20);
              Closeness.assertSame(
                  new NDArray[] {NDArray.of(again)}, new NDArray[] {NDArray.of(once)});
            }));
  }
}
