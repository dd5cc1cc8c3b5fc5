package io.dendra.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.Backends;
import io.dendra.data.Dataset;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two hundred trainings in one process leave nothing on the device, and no threads. */
@Timeout(300)
class FlatMemoryTest {
  private static final Logger LOG = LoggerFactory.getLogger(FlatMemoryTest.class);
  private static final int SAMPLES = 64;

  /** What a process holds after a trial. */
  record Held(long deviceBytes, long threads, long heap, String resident) {
    static Held now(Device device) throws IOException {
      Runtime jvm = Runtime.getRuntime();
      long threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("dendra-"))
              .count();
      return new Held(
          Backends.open(device).memory().stats().live(),
          threads,
          jvm.totalMemory() - jvm.freeMemory(),
          residentNow());
    }

    private static String residentNow() throws IOException {
      Path status = Path.of("/proc/self/status");
      if (!Files.exists(status)) {
        return "not known here";
      }
      try (Stream<String> lines = Files.lines(status)) {
        return lines
            .filter(line -> line.startsWith("VmRSS"))
            .map(line -> line.replaceAll("\\s+", " "))
            .findFirst()
            .orElse("not known here");
      }
    }
  }

  @Test
  void twoHundredTrialsLeaveNothingBehind() throws InterruptedException {
    List<Held> held = new ArrayList<>();
    try (Study study = Study.create("flat", o -> o.seed(1))) {
      SweepListener listener =
          new SweepListener() {
            @Override
            public void onTrialEnd(TrialRecord trial, String slot) {
              try {
                held.add(Held.now(Backends.defaultDevice()));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          };
      SweepSummary summary =
          study.optimize(FlatMemoryTest::train, o -> o.trials(200).listener(listener));
      assertThat(summary.complete()).isEqualTo(200);
    }
    assertThat(held).hasSize(200);
    LOG.info("after trial 10: {}; after trial 200: {}", held.get(9), held.get(199));
    assertThat(held.get(199).deviceBytes()).isEqualTo(held.get(9).deviceBytes());
    assertThat(held.get(199).threads()).isLessThanOrEqualTo(held.get(9).threads());
  }

  private static double train(Trial trial) {
    RandomStream random = new RandomStream(trial.key());
    float[] x = new float[SAMPLES * 8];
    int[] y = new int[SAMPLES];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble();
    }
    for (int i = 0; i < SAMPLES; i++) {
      y[i] = i % 3;
    }
    Dataset data = Dataset.of(NDArray.of(x, SAMPLES, 8), NDArray.of(y, SAMPLES));
    try (Sequential model =
        Sequential.of(
            new Dense(trial.suggestInt("units", 4, 64), "relu"), new Dense(3, "softmax"))) {
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.fit(data, o -> o.epochs(1).batchSize(32));
      return model.evaluate(data).loss();
    }
  }
}
