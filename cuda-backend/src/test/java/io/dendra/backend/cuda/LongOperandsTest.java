package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.Backends;
import io.dendra.backend.ReduceOp;
import io.dendra.ops.Indexing;
import io.dendra.ops.Linalg;
import io.dendra.ops.Reduce;
import io.dendra.ops.ShapeOps;
import io.dendra.random.Philox;
import io.dendra.tck.TestedBackend;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Operands that kernels cut into parts: slices of long sums, runs that are merged, indices that
 * many updates share. The conformance kit's are shorter than that.
 *
 * <p>The numbers are multiples of 1/64 whose sums float32 holds exactly, in any order.
 */
@EnabledIf(
    value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
    disabledReason = "needs the CUDA emulator")
class LongOperandsTest {
  private static final int KEY = 7;

  private final List<DynamicTest> tests = new ArrayList<>();

  @TestFactory
  Stream<DynamicTest> sameAsTheReference() {
    reductions();
    orders();
    sums();
    for (DType dtype : new DType[] {DType.INT32, DType.INT64}) {
      same(
          "product of " + dtype.label() + " matrices",
          () -> Linalg.matmul(numbers(dtype, 2, 70, 33), numbers(dtype, 33, 50)));
    }
    return tests.stream();
  }

  private void reductions() {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.BFLOAT16}) {
      reduction("all of " + dtype.label(), () -> numbers(dtype, 40000), 0);
      reduction("long rows of " + dtype.label(), () -> numbers(dtype, 3, 20000), 1);
    }
    DType real = DType.FLOAT32;
    reduction("rows that packs do not fill", () -> numbers(real, 5, 1003), 1);
    reduction("columns", () -> numbers(real, 9000, 12), 0);
    reduction("many columns", () -> numbers(real, 300, 300), 0);
    reduction("planes", () -> numbers(real, 20, 6, 300), 0, 2);
    reduction(
        "scattered dimensions",
        () -> ShapeOps.permute(numbers(real, 9, 5, 8, 7, 6), 3, 0, 4, 1, 2),
        0,
        2,
        4);
    reduction(
        "every other element", () -> ShapeOps.slice(numbers(real, 2, 30000), 1, 1, 30000, 2), 1);
    reduction(
        "one element repeated",
        () -> ShapeOps.broadcastTo(numbers(real, 3, 1), Shape.of(3, 9000)),
        1);
  }

  private void reduction(String name, Supplier<Tensor> x, int... axes) {
    same("sum, " + name, () -> Reduce.sum(x.get(), axes, true));
    same("max, " + name, () -> Reduce.reduce(ReduceOp.MAX, x.get(), axes, true));
    same("argmin, " + name, () -> Reduce.argMin(x.get(), axes[axes.length - 1]));
  }

  private void orders() {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.INT64}) {
      same("sorted " + dtype.label(), () -> Reduce.sort(numbers(dtype, 2, 9001), 1));
      same("first of many", () -> Reduce.topK(numbers(dtype, 9001, 2), 0, 7, true).indices());
      same("half of many", () -> Reduce.topK(numbers(dtype, 9001), 0, 4500, true).indices());
      same("running sum", () -> Reduce.cumulativeSum(numbers(dtype, 40000), 0));
      same(
          "running sums from the end",
          () -> Reduce.cumulativeSum(numbers(dtype, 3000, 3), 0, true, true));
    }
  }

  private void sums() {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT16, DType.INT32}) {
      for (int length : new int[] {3, 700}) {
        String places = " " + dtype.label() + " at " + length + " places";
        same(
            "rows" + places,
            () -> Indexing.scatterAdd(indices(length, 5000), numbers(dtype, 5000, 5), 0, length));
        same(
            "a lane" + places,
            () -> Indexing.putAlongAdd(indices(length, 5000), numbers(dtype, 5000), 0, length));
        same(
            "lanes" + places,
            () ->
                Indexing.putAlongAdd(indices(length, 12, 600), numbers(dtype, 12, 600), 1, length));
      }
    }
  }

  // ---- operands

  private static int[] draw(long... dims) {
    int[] words = new int[(int) Shape.of(dims).size()];
    Philox.fill(KEY, 0, 0, words);
    return words;
  }

  private static Tensor numbers(DType dtype, long... dims) {
    int[] words = draw(dims);
    float[] values = new float[words.length];
    for (int i = 0; i < values.length; i++) {
      // Small ones for the types that hold few digits.
      values[i] =
          dtype.isInteger()
              ? words[i] % 100
              : dtype.byteSize() == 2 ? words[i] & 1 : grid(words[i]);
    }
    return Tensor.of(NDArray.of(values, dims)).cast(dtype);
  }

  private static float grid(int word) {
    return (word % 128) / 64f;
  }

  private static Tensor indices(int length, long... dims) {
    int[] words = draw(dims);
    long[] places = new long[words.length];
    for (int i = 0; i < places.length; i++) {
      // A third of them share one place.
      places[i] = i % 3 == 0 ? length / 2 : Math.floorMod(words[i], length);
    }
    return Tensor.of(NDArray.of(places, dims));
  }

  // ---- comparing

  private void same(String name, Supplier<Tensor> call) {
    tests.add(
        DynamicTest.dynamicTest(
            name,
            () -> {
              NDArray expected = on(TestedBackend.REFERENCE, call);
              NDArray actual = on(EmulatedCuda.tested().device(), call);
              assertThat(actual.array()).as(name).isEqualTo(expected.array());
            }));
  }

  private static NDArray on(Device device, Supplier<Tensor> call) {
    NDArray[] result = new NDArray[1];
    Backends.use(
        device,
        () -> {
          try (TensorScope scope = TensorScope.open("long operands")) {
            result[0] = call.get().toNDArray();
          }
        });
    return result[0];
  }
}
