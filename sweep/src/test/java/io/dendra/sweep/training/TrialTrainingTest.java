package io.dendra.sweep.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backends;
import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.pruners.ThresholdPruner;
import io.dendra.tensor.NDArray;
import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialTrainingTest {
  private static final Dataset DATA = data();

  @TempDir Path folder;

  private static Dataset data() {
    RandomStream random = new RandomStream(RandomKey.of(1));
    float[] inputs = new float[64];
    float[] targets = new float[32];
    for (int i = 0; i < 32; i++) {
      inputs[2 * i] = (float) random.nextGaussian();
      inputs[2 * i + 1] = (float) random.nextGaussian();
      targets[i] = inputs[2 * i] - 2 * inputs[2 * i + 1];
    }
    return Dataset.of(NDArray.of(inputs, 32, 2), NDArray.of(targets, 32, 1));
  }

  private Study study(String name) {
    return Study.create(name, o -> o.seed(5).directory(folder));
  }

  private static Model model() {
    return Sequential.of(new Dense(8, "relu"), new Dropout(0.3), new Dense(1))
        .compile("adam", "mse", "mae");
  }

  private static double train(Trial trial, Callback... callbacks) {
    return new TrialTraining(trial, "val_loss")
        .fit(
            TrialTrainingTest::model,
            DATA,
            o -> o.epochs(6).batchSize(8).validation(DATA).callbacks(callbacks));
  }

  /** Fails once in an epoch. */
  private static Callback failingOnce(int epoch, AtomicInteger failures) {
    return new Callback() {
      @Override
      public void onBatchEnd(TrainingRun run, int batch, double loss) {
        if (run.model().epochsTrained() == epoch && batch == 1 && failures.getAndAdd(1) == 0) {
          throw new IllegalStateException("the device is lost");
        }
      }
    };
  }

  private static String[] files(Path trial) throws IOException {
    try (Stream<Path> files = Files.list(trial)) {
      return files.map(file -> file.getFileName().toString()).sorted().toArray(String[]::new);
    }
  }

  @Test
  void aTrialRunAgainGoesOnAndEndsAsIfItHadNeverFailed() throws Exception {
    long before = Backends.defaultDevice().memoryStats().live();
    TrialRecord whole;
    try (Study study = study("whole")) {
      study.optimize(trial -> train(trial), o -> o.trials(1));
      whole = study.trials().get(0);
    }
    try (Study study = study("broken")) {
      AtomicInteger failures = new AtomicInteger();
      AtomicInteger epochs = new AtomicInteger();
      Callback counting =
          new Callback() {
            @Override
            public void onEpochBegin(TrainingRun run, int epoch) {
              epochs.incrementAndGet();
            }
          };
      study.optimize(
          trial -> train(trial, counting, failingOnce(4, failures)), o -> o.trials(1).retries(1));
      TrialRecord broken = study.trials().get(0);
      assertThat(failures.get()).isPositive();
      assertThat(epochs).hasValue(7);
      assertThat(broken.state()).isEqualTo(TrialState.COMPLETE);
      assertThat(broken.value()).isEqualTo(whole.value());
      assertThat(broken.reports()).isEqualTo(whole.reports()).hasSize(6);
    }
    assertThat(files(folder.resolve("broken").resolve("trial-0"))).isEmpty();
    assertThat(Backends.defaultDevice().memoryStats().live()).isLessThanOrEqualTo(before);
  }

  @Test
  void aCheckpointIsKeptOnRequestAndATrialThatWasAtItsEndOnlyTellsItsValue() throws Exception {
    try (Study study = study("kept")) {
      Trial trial = study.ask();
      double value =
          new TrialTraining(trial, "loss")
              .checkpointEvery(2)
              .keepCheckpoint()
              .fit(TrialTrainingTest::model, DATA, o -> o.epochs(3));
      assertThat(files(trial.directory()))
          .containsExactly("checkpoint-3.dendra", "checkpoint-3.json");
      TrialTraining again = new TrialTraining(trial, "loss");
      assertThat(
              again.fit(
                  () -> {
                    throw new AssertionError("made anew");
                  },
                  DATA,
                  o -> o.epochs(3)))
          .isEqualTo(value);
      assertThat(files(trial.directory())).isEmpty();
      assertThatThrownBy(() -> again.fit(TrialTrainingTest::model, DATA, o -> o.epochs(0)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void trainingThatACallbackEndedIsNotGoneOnWith() throws Exception {
    Callback stopping =
        new Callback() {
          @Override
          public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
            run.stop("enough");
          }
        };
    try (Study study = study("stopped")) {
      Trial trial = study.ask();
      TrialTraining training = new TrialTraining(trial, "loss").keepCheckpoint();
      double value =
          training.fit(TrialTrainingTest::model, DATA, o -> o.epochs(9).callbacks(stopping));
      assertThat(training.fit(TrialTrainingTest::model, DATA, o -> o.epochs(9))).isEqualTo(value);
    }
  }

  @Test
  void whatAnEarlierStudyLeftInTheFolderIsNotGoneOnWith() throws Exception {
    for (double rate : new double[] {0.5, 0.25}) {
      AtomicInteger made = new AtomicInteger();
      try (Study study = study("again")) {
        study.enqueue(Map.of("rate", rate));
        Trial trial = study.ask();
        trial.suggestFloat("rate", 0, 1);
        TrialTraining training = new TrialTraining(trial, "loss").keepCheckpoint();
        training.fit(() -> counted(made), DATA, o -> o.epochs(2));
        assertThat(made).hasValue(1);
        training.fit(() -> counted(made), DATA, o -> o.epochs(2));
        assertThat(made).hasValue(1);
        training.fit(() -> counted(made), DATA.take(16), o -> o.epochs(2));
        assertThat(made).hasValue(2);
      }
    }
  }

  private static Model counted(AtomicInteger made) {
    made.incrementAndGet();
    return model();
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws Exception {
    try (Study study = study("damaged")) {
      Trial trial = study.ask();
      double value = train(trial);
      Files.writeString(
          trial.directory().resolve("checkpoint-4.dendra"), "no zip", StandardCharsets.UTF_8);
      assertThat(train(trial)).isEqualTo(value);
    }
  }

  @Test
  void aPrunedTrialLeavesNothing() throws Exception {
    try (Study study =
        Study.create(
            "pruned", o -> o.directory(folder).pruner(ThresholdPruner.upper(0).warmupSteps(2)))) {
      study.optimize(trial -> train(trial), o -> o.trials(1));
      assertThat(study.trials().get(0).state()).isEqualTo(TrialState.PRUNED);
      assertThat(files(folder.resolve("pruned").resolve("trial-0"))).isEmpty();
    }
  }

  @Test
  void aTrialOfAnInterruptedSweepWaitsForTheNext() throws Exception {
    try (Study study = study("interrupted")) {
      CountDownLatch begun = new CountDownLatch(1);
      Callback slow =
          new Callback() {
            @Override
            public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
              begun.countDown();
              if (epoch == 0) {
                while (!Thread.currentThread().isInterrupted()) {
                  Thread.onSpinWait();
                }
              }
            }
          };
      Thread sweep =
          new Thread(
              () -> {
                try {
                  study.optimize(trial -> train(trial, slow), o -> o.trials(1));
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "interrupted-sweep");
      sweep.start();
      begun.await();
      sweep.interrupt();
      sweep.join();
      assertThat(study.trials().get(0).state()).isEqualTo(TrialState.WAITING);
      study.optimize(trial -> train(trial), o -> o.trials(1));
      assertThat(study.trials().get(0).state()).isEqualTo(TrialState.COMPLETE);
    }
  }

  @Test
  void notesWhereTheResultComesFrom() throws Exception {
    try (Study study = study("noted")) {
      study.optimize(trial -> train(trial), o -> o.trials(1));
      Map<String, Object> notes = study.trials().get(0).userAttributes();
      assertThat(notes)
          .containsOnlyKeys(
              "seed",
              "dendra",
              "java",
              "os",
              "device",
              "backend",
              "data_sha256",
              "first_epoch_seconds",
              "epoch_seconds");
      assertThat(notes).containsEntry("data_sha256", DataHash.of(DATA).orElseThrow());
      assertThat((Long) notes.get("seed")).isBetween(0L, 1L << 53);
    }
  }
}
