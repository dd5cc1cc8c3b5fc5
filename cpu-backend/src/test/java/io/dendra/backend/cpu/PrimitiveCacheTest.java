package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;

class PrimitiveCacheTest {
  private static final int SAMPLES = 64;

  private final PrimitiveCache cache = new PrimitiveCache(new OmpThreads());
  private int made;

  /** Uses the primitives of these numbers, as far as the cache can tell. */
  private void use(int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(
              cache.get(
                  new PrimitiveCache.Key("test", i),
                  () -> {
                    made++;
                    return null;
                  }))
          .isNull();
    }
  }

  @Test
  void whatDoesNotComeBackTakesNoMoreRoom() {
    for (int trial = 0; trial < 1000; trial++) {
      use(8 * trial, 8 * trial + 8);
      use(8 * trial, 8 * trial + 8);
    }
    assertThat(made).isEqualTo(8000);
    assertThat(cache.size()).isEqualTo(PrimitiveCache.FEWEST);
  }

  @Test
  void aFewThatComeBackAmongNewOnesTakeNoMoreRoom() {
    int recent = PrimitiveCache.FEWEST + 100;
    for (int i = 0; i < 4000; i++) {
      use(i, i + 1);
      if (i % 4 == 3 && i > recent) {
        use(i - recent, i - recent + 1);
      }
    }
    assertThat(made).isGreaterThan(4500);
    assertThat(cache.size()).isLessThanOrEqualTo(PrimitiveCache.FEWEST + 1);
  }

  @Test
  void stepsOfALargeNetworkFindWhatTheyNeedFromTheThirdOn() {
    use(0, 900);
    use(0, 900);
    assertThat(made).isLessThan(2 * 900);
    int before = made;
    use(0, 900);
    use(0, 900);
    assertThat(made).isEqualTo(before);
    assertThat(cache.size()).isEqualTo(900);
  }

  @Test
  void roomThatIsNotNeededAnyMoreGoes() {
    use(0, 900);
    use(0, 900);
    use(1000, 2000);
    assertThat(cache.size()).isEqualTo(PrimitiveCache.FEWEST);
  }

  @Test
  void thereIsALimit() {
    for (int step = 0; step < 5; step++) {
      use(0, 3000);
      assertThat(cache.size()).isLessThanOrEqualTo(PrimitiveCache.MOST);
    }
  }

  /** What the search for the size of a layer does to a process. */
  @Test
  void networksOfManySizesLeaveNoMoreOfOneDnnThanAFew() {
    Device device = EngineProvider.device(EngineChoice.ONEDNN);
    float[] values = new float[SAMPLES * 8];
    RandomStream random = new RandomStream(RandomKey.of(1));
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    Dataset data =
        Dataset.of(NDArray.of(values, SAMPLES, 8), NDArray.of(new int[SAMPLES], SAMPLES));
    int afterTen = 0;
    for (int trial = 0; trial < 60; trial++) {
      try (Model model =
          Sequential.of(new Dense(4 + 2 * trial, "relu"), new Dense(3, "softmax")).to(device)) {
        model.compile("adam", "sparse_categorical_crossentropy");
        model.fit(data, o -> o.epochs(1).batchSize(32));
      }
      if (trial == 9) {
        afterTen = Primitive.alive();
      }
    }
    assertThat(afterTen).isPositive();
    assertThat(Primitive.alive()).isLessThanOrEqualTo(afterTen + PrimitiveCache.FEWEST);
    int[] keptByOneDnn = {-1};
    assertThat(dnnl.dnnl_get_primitive_cache_capacity(keptByOneDnn)).isEqualTo(dnnl.dnnl_success);
    assertThat(keptByOneDnn[0]).isZero();
  }
}
