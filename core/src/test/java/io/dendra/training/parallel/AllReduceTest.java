package io.dendra.training.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllReduceTest {
  private static final Shape[] SHAPES = {
    Shape.scalar(), Shape.of(1), Shape.of(3, 5), Shape.of(0, 4), Shape.of(200), Shape.of(7, 2, 11)
  };

  private static List<NDArray> drawn(int device, DType dtype) {
    RandomStream random = new RandomStream(RandomKey.of(17).fold(device));
    List<NDArray> arrays = new ArrayList<>();
    for (Shape shape : SHAPES) {
      double[] values = new double[(int) shape.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = dtype.isFloating() ? random.uniform(-1, 1) : random.nextInt(1000);
      }
      arrays.add(NDArray.wrap(values, DType.FLOAT64, shape).as(dtype));
    }
    return arrays;
  }

  private static double roundOff(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 0x1p-53;
      case FLOAT32 -> 0x1p-24;
      case FLOAT16 -> 0x1p-11;
      case BFLOAT16 -> 0x1p-8;
      case INT32, INT64, BOOL -> 0;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void sumsAreExactButForRoundingAndTheSameBitsEverywhere(int n) {
    for (DType dtype : DType.values()) {
      if (!dtype.isFloating() && !dtype.isInteger()) {
        continue;
      }
      List<List<NDArray>> drawn = new ArrayList<>();
      List<List<Tensor>> tensors = new ArrayList<>();
      try (TensorScope scope = TensorScope.open("test")) {
        for (int i = 0; i < n; i++) {
          Device device = new Device("reference", i);
          drawn.add(drawn(i, dtype));
          tensors.add(drawn.get(i).stream().map(x -> Tensor.of(x, device)).toList());
        }
        List<List<Tensor>> sums = AllReduce.sum(tensors);
        for (int t = 0; t < SHAPES.length; t++) {
          NDArray first = sums.get(0).get(t).toNDArray();
          for (int i = 0; i < n; i++) {
            assertThat(sums.get(i).get(t).device()).isEqualTo(new Device("reference", i));
            assertThat(sums.get(i).get(t).toNDArray()).as("%s on %s", dtype, i).isEqualTo(first);
          }
          for (int e = 0; e < first.size(); e++) {
            double exact = 0;
            double sizes = 0;
            for (int i = 0; i < n; i++) {
              exact += drawn.get(i).get(t).doubleAt(e);
              sizes += Math.abs(drawn.get(i).get(t).doubleAt(e));
            }
            // Each of n - 1 additions rounds a partial sum, none of which exceeds the sum of sizes.
            double bound = (n - 1) * roundOff(dtype) * sizes * (1 + 1e-2);
            assertThat(Math.abs(first.doubleAt(e) - exact)).isLessThanOrEqualTo(bound);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 63, 64, 65, 127, 129, 256, 1000})
  void anySizeIsSummedWhole(int size) {
    for (int n = 1; n <= 4; n++) {
      try (TensorScope scope = TensorScope.open("test")) {
        List<List<Tensor>> tensors = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          float[] values = new float[size];
          for (int j = 0; j < size; j++) {
            values[j] = (1 << i) + 16 * j;
          }
          tensors.add(List.of(Tensor.of(NDArray.of(values), new Device("reference", i))));
        }
        for (List<Tensor> sums : AllReduce.sum(tensors)) {
          float[] sum = sums.get(0).toNDArray().floats();
          for (int j = 0; j < size; j++) {
            assertThat(sum[j]).isEqualTo((1 << n) - 1 + 16f * n * j);
          }
        }
      }
    }
  }

  @Test
  void memoryComesBack() {
    List<Device> devices = List.of(new Device("reference", 2), new Device("reference", 3));
    long before = devices.get(1).memoryStats().live();
    for (int i = 0; i < 3; i++) {
      TensorScope.run(
          () -> {
            List<List<Tensor>> tensors =
                devices.stream()
                    .map(d -> List.of(Tensor.full(Shape.of(100), 1, DType.FLOAT32, d)))
                    .toList();
            assertThat(AllReduce.sum(tensors).get(1).get(0).sum().item()).isEqualTo(200);
          });
    }
    assertThat(devices.get(1).memoryStats().live()).isEqualTo(before);
  }

  @Test
  void booleansHaveNoSum() {
    TensorScope.run(
        () ->
            assertThatThrownBy(
                    () -> AllReduce.sum(List.of(List.of(Tensor.of(new boolean[] {true})))))
                .hasMessageContaining("bool has no sum"));
  }
}
