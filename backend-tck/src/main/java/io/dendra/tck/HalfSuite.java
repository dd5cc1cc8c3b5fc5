package io.dendra.tck;

import static io.dendra.tck.OpCall.map;
import static io.dendra.tck.OpCall.one;

import io.dendra.autograd.Autograd;
import io.dendra.backend.ConvSpec;
import io.dendra.ops.Convolution;
import io.dendra.ops.Indexing;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Float16 and bfloat16: every op that takes floats, and its gradients, within a few roundings of
 * the reference, from operands in any memory order; and sums of many terms, which are not kept in
 * 16 bits.
 */
public abstract class HalfSuite extends Suite {
  private static final List<DType> HALVES = List.of(DType.FLOAT16, DType.BFLOAT16);

  /** Roundings of a result that a single op may be off: one of its own, one beside a tie. */
  private static final double ROUNDINGS = 4;

  /** A suite over a backend. */
  protected HalfSuite(TestedBackend backend) {
    super(backend);
  }

  /** Half the distance of 1 to the next number: the greatest relative error of a rounding. */
  private static double rounding(DType dtype) {
    return dtype == DType.FLOAT16 ? 0x1p-11 : 0x1p-8;
  }

  /** Ops that compose others round several times on one way and once on another. */
  private static double bound(OpSpec spec, DType dtype) {
    double chain = Math.max(1, spec.tolerance().float32() / Tolerance.SUMS.float32());
    return rounding(dtype) * ROUNDINGS * chain;
  }

  @TestFactory
  final Stream<DynamicNode> values() {
    return perSpec(
        spec -> tests(spec, spec.samples(), (sample, dtype) -> compareValues(spec, sample, dtype)));
  }

  @TestFactory
  final Stream<DynamicNode> gradients() {
    return perSpec(
        spec ->
            tests(
                spec,
                spec.isDifferentiable()
                    ? spec.samples().stream().filter(Sample::smooth).toList()
                    : List.of(),
                (sample, dtype) -> compareGradients(spec, sample, dtype)));
  }

  private List<DynamicTest> tests(OpSpec spec, List<Sample> samples, SampleBody body) {
    List<DynamicTest> tests = new ArrayList<>();
    boolean floats =
        spec.dtypes().contains(DType.FLOAT32) && !spec.dtypes().contains(DType.FLOAT16);
    for (Sample sample : floats ? samples : List.<Sample>of()) {
      if (!sample.tracked(DType.FLOAT16).isEmpty()) {
        for (DType dtype : HALVES) {
          tests.add(test(name(spec, sample, dtype), device(), () -> body.run(sample, dtype)));
        }
      }
    }
    return tests;
  }

  private void compareValues(OpSpec spec, Sample sample, DType dtype) {
    NDArray[] operands = sample.draw(dtype);
    for (MemoryOrder order : MemoryOrder.values()) {
      NDArray[] placed = new NDArray[operands.length];
      for (int i = 0; i < placed.length; i++) {
        placed[i] = order.expressible(operands[i]);
      }
      NDArray[] expected = results(sample.call(), placed, TestedBackend.REFERENCE);
      NDArray[] actual =
          hosted(
              () -> {
                Tensor[] in = new Tensor[placed.length];
                for (int i = 0; i < in.length; i++) {
                  in[i] = order.tensor(placed[i], device());
                }
                return sample.call().apply(in);
              },
              device());
      assertClose(actual, expected, bound(spec, dtype));
    }
  }

  private void compareGradients(OpSpec spec, Sample sample, DType dtype) {
    NDArray[] operands = sample.draw(dtype);
    List<Integer> tracked = sample.tracked(dtype);
    assertClose(
        gradients(sample, operands, tracked, device()),
        gradients(sample, operands, tracked, TestedBackend.REFERENCE),
        4 * bound(spec, dtype));
  }

  private static NDArray[] gradients(
      Sample sample, NDArray[] operands, List<Integer> tracked, Device device) {
    return hosted(
        () -> {
          Tensor[] in = tensors(operands, device);
          List<Tensor> inputs = tracked.stream().map(i -> in[i].requiresGrad()).toList();
          Tensor sum = null;
          for (Tensor out : sample.call().apply(in)) {
            if (out.isTracked()) {
              Tensor part = out.cast(DType.FLOAT32).sum();
              sum = sum == null ? part : sum.add(part);
            }
          }
          return sum == null
              ? new Tensor[0]
              : Autograd.grad(sum, inputs, o -> o.allowUnused()).toArray(new Tensor[0]);
        },
        device);
  }

  private static void assertClose(NDArray[] actual, NDArray[] expected, double bound) {
    if (actual.length != expected.length) {
      throw new AssertionError(actual.length + " results, expected " + expected.length);
    }
    for (int i = 0; i < actual.length; i++) {
      // Integers and booleans follow from floats that may differ by a rounding, but for places.
      double allowed = expected[i].dtype().isFloating() ? bound : 0;
      Closeness.assertClose("result " + i, actual[i], expected[i], allowed);
    }
  }

  /** Terms that a sum kept in 16 bits would lose: each is below its rounding. */
  @TestFactory
  final Stream<DynamicNode> sumsAreWide() {
    Operand few = Operand.in(0.9, 1.1, 3, 3000);
    return Stream.of(
            wide("sum", map(x -> x.sum(1)), few),
            wide("matmul", one(t -> t[0].matmul(t[1])), few, Operand.in(0.9, 1.1, 3000, 2)),
            wide(
                "conv",
                one(t -> Convolution.conv(t[0], t[1], ConvSpec.unit(2))),
                Operand.in(0.9, 1.1, 1, 120, 5, 5),
                Operand.in(0.9, 1.1, 2, 120, 5, 5)),
            wide(
                "scatter_add",
                one(t -> Indexing.scatterAdd(t[0], t[1], 0, 2)),
                Operand.index(2, 3000),
                Operand.in(0.9, 1.1, 3000)))
        .flatMap(List::stream);
  }

  private List<DynamicTest> wide(String name, OpCall call, Operand... operands) {
    OpSpec spec = OpSpec.named(name).sample("many terms", call, operands);
    return tests(
        spec,
        spec.samples(),
        (sample, dtype) -> {
          NDArray[] drawn = sample.draw(dtype);
          NDArray[] expected = results(call, drawn, TestedBackend.REFERENCE);
          assertClose(results(call, drawn, device()), expected, 2.1 * rounding(dtype));
        });
  }
}
