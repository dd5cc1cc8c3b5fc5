package io.dendra.examples.sweep;

import io.dendra.backend.Backends;
import io.dendra.data.Dataset;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.samplers.RandomSampler;
import io.dendra.tensor.NDArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The memory of a process in which trials train networks of ever different sizes, one after
 * another; on Linux. Run it with the class path of the tests, from the repository:
 *
 * <pre>mvn -q -pl examples -am test-compile
 * java -cp CLASSPATH io.dendra.examples.sweep.SweepMemory [trials]</pre>
 *
 * <p>With {@code -Ddendra.cpu.engine=nd4j}, which keeps nothing for each size, it tells what the
 * JVM itself takes while it warms up.
 */
final class SweepMemory {
  private static final int SAMPLES = 256;
  private static final int FEATURES = 32;

  private SweepMemory() {}

  public static void main(String[] args) throws Exception {
    int trials = args.length > 0 ? Integer.parseInt(args[0]) : 200;
    SweepListener listener =
        new SweepListener() {
          @Override
          public void onTrialEnd(TrialRecord trial, String slot) {
            int done = trial.number() + 1;
            if (done == 10 || done % 50 == 0) {
              print(done);
            }
          }
        };
    try (Study study = Study.create("memory", o -> o.seed(1).sampler(new RandomSampler()))) {
      study.optimize(SweepMemory::train, o -> o.trials(trials).listener(listener));
    }
  }

  private static double train(Trial trial) {
    RandomStream random = new RandomStream(trial.key());
    float[] values = new float[SAMPLES * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = i % 3;
    }
    Dataset data = Dataset.of(NDArray.of(values, SAMPLES, FEATURES), NDArray.of(labels, SAMPLES));
    try (Sequential model =
        Sequential.of(
            new Dense(trial.suggestInt("units", 4, 512), "relu"),
            new Dropout(trial.suggestFloat("dropout", 0, 0.5)),
            new Dense(3, "softmax"))) {
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.fit(data, o -> o.epochs(3).batchSize(32));
      return model.evaluate(data).loss();
    }
  }

  /** After a collection, so that garbage does not count. */
  private static void print(int trials) {
    System.gc();
    Runtime jvm = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "after %d trials: %d MiB resident, %d MiB of heap used, device: %s%n",
        trials,
        residentBytes() >> 20,
        (jvm.totalMemory() - jvm.freeMemory()) >> 20,
        Backends.open(Backends.defaultDevice()).memory().stats());
  }

  private static long residentBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"), StandardCharsets.UTF_8)) {
      return 1024
          * lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum();
    } catch (IOException e) {
      throw new IllegalStateException("this system does not tell its memory in /proc", e);
    }
  }
}
