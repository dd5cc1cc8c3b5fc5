package io.dendra.sweep.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.data.Batch;
import io.dendra.data.Dataset;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataHashTest {
  private static Dataset of(float... values) {
    return Dataset.of(
        NDArray.of(values, values.length / 2, 2), NDArray.of(new long[] {1, 2, 3}, 3));
  }

  @Test
  void dependsOnValuesAndShapesAlone() {
    String hash = DataHash.of(of(1, 2, 3, 4, 5, 6)).orElseThrow();
    assertThat(hash).hasSize(64);
    assertThat(DataHash.of(of(1, 2, 3, 4, 5, 6).batch(2))).contains(hash);
    assertThat(DataHash.of(of(1, 2, 3, 4, 5, 7)))
        .isPresent()
        .isNotEqualTo(DataHash.of(of(1, 2, 3, 4, 5, 6)));
    NDArray flat = NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 6);
    assertThat(DataHash.of(Dataset.of(flat)))
        .isNotEqualTo(DataHash.of(Dataset.of(flat.reshape(3, 2))))
        .isNotEqualTo(DataHash.of(Dataset.of(flat.as(DType.FLOAT64))));
  }

  @Test
  void isComputedOnceAndNotForGeneratedData() {
    AtomicInteger read = new AtomicInteger();
    Dataset counted =
        of(1, 2, 3, 4, 5, 6)
            .map(
                batch -> {
                  read.incrementAndGet();
                  return batch;
                });
    assertThat(DataHash.of(counted)).isEqualTo(DataHash.of(counted));
    assertThat(read).hasValue(1);
    Batch batch = Batch.of(NDArray.of(new float[] {1}, 1));
    assertThat(DataHash.of(Dataset.generator(() -> List.of(batch).iterator()))).isEmpty();
  }

  @Test
  void hashesFiles(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("data"), "abc", StandardCharsets.US_ASCII);
    // The example of FIPS 180-4.
    assertThat(DataHash.of(file))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}
