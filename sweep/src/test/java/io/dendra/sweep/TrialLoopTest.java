package io.dendra.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backends;
import io.dendra.backend.DeviceLostException;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.sweep.devices.NoDeviceException;
import io.dendra.sweep.storage.InMemoryStorage;
import io.dendra.sweep.storage.StorageException;
import io.dendra.sweep.storage.TrialLease;
import io.dendra.tensor.Device;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TrialLoopTest {
  private static final Device REFERENCE = Device.of("reference");

  @Test
  void stopLetsRunningTrialsEndAndStartsNoMore() throws InterruptedException {
    try (Study study = Study.create("stop", o -> {})) {
      study.optimize(
          trial -> {
            if (trial.number() == 4) {
              study.stop();
            }
            return trial.number();
          },
          o -> {});
      assertThat(study.trials()).hasSize(5).allMatch(t -> t.state() == TrialState.COMPLETE);
      assertThatThrownBy(study::stop)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'stop'");
    }
  }

  @Test
  void aListenerMayStopAndMayFail() throws InterruptedException {
    SweepListener listener =
        new SweepListener() {
          private Study study;

          @Override
          public void onSweepBegin(Study begun, List<String> slots, int totalTrials) {
            study = begun;
            throw new IllegalStateException("a listener's own");
          }

          @Override
          public void onTrialEnd(TrialRecord trial, String slot) {
            if (trial.number() == 6) {
              study.stop();
            }
            throw new AssertionError("a listener's own");
          }
        };
    try (Study study = Study.create("listener", o -> {})) {
      study.optimize(trial -> 1, o -> o.listener(listener));
      assertThat(study.trials()).hasSize(7);
    }
  }

  @Test
  void enqueuedTrialsCountAmongThoseToRun() throws InterruptedException {
    try (Study study = Study.create("enqueued", o -> {})) {
      for (int i = 0; i < 5; i++) {
        study.enqueue(Map.of("x", i));
      }
      SweepSummary summary =
          study.optimize(trial -> trial.suggestInt("x", 0, 9), o -> o.trials(3).workers(2));
      assertThat(summary.complete()).isEqualTo(3);
      assertThat(study.snapshot().trials()).hasSize(3);
    }
  }

  @Test
  void anInterruptGivesRunningTrialsBack() throws InterruptedException {
    try (Study study = Study.create("interrupt", o -> {})) {
      CountDownLatch running = new CountDownLatch(3);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread sweep =
          new Thread(
              () -> {
                try {
                  study.optimize(
                      trial -> {
                        trial.suggestFloat("x", 0, 1);
                        running.countDown();
                        // One waits, one reports, and one hides what happened to it.
                        switch (trial.number()) {
                          case 0 -> Thread.sleep(60_000);
                          case 1 -> {
                            for (int i = 0; true; i++) {
                              trial.report(i, i);
                            }
                          }
                          default -> {
                            try {
                              Thread.sleep(60_000);
                            } catch (InterruptedException e) {
                              throw new IllegalStateException("hidden", e);
                            }
                          }
                        }
                        return 1;
                      },
                      o -> o.workers(3));
                } catch (InterruptedException | RuntimeException e) {
                  thrown.set(e);
                }
              });
      sweep.start();
      running.await();
      sweep.interrupt();
      sweep.join();
      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
      assertThat(study.trials()).hasSize(3).allMatch(t -> t.state() == TrialState.WAITING);

      study.optimize(trial -> trial.suggestFloat("x", 0, 1), o -> o.totalTrials(5).workers(2));
      assertThat(study.trials()).hasSize(5).allMatch(t -> t.state() == TrialState.COMPLETE);
    }
  }

  @Test
  void anObjectiveThatInterruptsItselfFailsAndTheSweepGoesOn() throws InterruptedException {
    try (Study study = Study.create("itself", o -> {})) {
      SweepSummary summary =
          study.optimize(
              trial -> {
                Thread.currentThread().interrupt();
                if (trial.number() == 0) {
                  throw new InterruptedException("its own");
                }
                return 1;
              },
              o -> o.trials(3));
      assertThat(summary.failed()).isEqualTo(1);
      assertThat(summary.complete()).isEqualTo(2);
    }
  }

  @Test
  void aTrialThatTakesTooLongFails() throws InterruptedException {
    try (Study study = Study.create("long", o -> {})) {
      SweepSummary summary =
          study.optimize(
              trial -> {
                if (trial.number() == 1) {
                  Thread.sleep(60_000);
                }
                for (int i = 0; trial.number() == 2; i++) {
                  trial.report(i, 0);
                }
                return 1;
              },
              o -> o.trials(4).trialTimeout(Duration.ofMillis(300)));
      assertThat(summary.failed()).isEqualTo(2);
      assertThat((String) study.trials().get(1).systemAttributes().get("fail_reason"))
          .contains("TrialTimeoutException")
          .contains("trial 1 took longer than PT0.3S");
      assertThat(study.trials().get(3).state()).isEqualTo(TrialState.COMPLETE);
    }
  }

  @Test
  void errorsAndWrongValuesAreFailures() throws InterruptedException {
    try (Study study = Study.create("errors", o -> {})) {
      SweepSummary summary =
          study.optimize(
              Objective.several(
                  trial ->
                      switch (trial.number()) {
                        case 0 -> throw new OutOfMemoryError("no heap");
                        case 1 -> new double[2];
                        case 2 -> new double[] {Double.NaN};
                        default -> new double[1];
                      }),
              o -> o.trials(4));
      assertThat(summary.failed()).isEqualTo(3);
      assertThat(study.trials())
          .extracting(t -> String.valueOf(t.systemAttributes().get("fail_reason")))
          .satisfies(
              causes -> {
                assertThat(causes.get(0)).contains("OutOfMemoryError: no heap");
                assertThat(causes.get(1)).contains("told 2 values");
                assertThat(causes.get(2)).contains("NaN");
              });
    }
  }

  @Test
  void failuresAreCountedNotStarts() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    try (Study study = Study.create("counted", o -> {})) {
      // A process that died is no failure of the trial.
      study.ask();
      study.giveBack(study.ask());
      study.giveBack(study.ask());
      study.optimize(
          trial -> {
            if (calls.incrementAndGet() <= 2) {
              throw new IllegalStateException("failure " + calls);
            }
            return 1;
          },
          o -> o.totalTrials(2).retries(2));
      TrialRecord trial = study.trials().get(1);
      assertThat(trial.state()).isEqualTo(TrialState.COMPLETE);
      assertThat(TrialLease.attempts(trial)).isEqualTo(5);
      assertThat((List<?>) trial.systemAttributes().get("dendra:failures")).hasSize(2);
    }
  }

  @Test
  void aStorageThatBreaksEndsTheSweep() {
    AtomicInteger writes = new AtomicInteger();
    InMemoryStorage breaking = new InMemoryStorage();
    try (Study study = Study.create("broken", o -> o.storage(breaking))) {
      assertThatThrownBy(
              () ->
                  study.optimize(
                      trial -> {
                        if (writes.incrementAndGet() == 5) {
                          breaking.deleteStudy(1);
                        }
                        if (trial.number() == 0) {
                          Thread.sleep(60_000);
                        }
                        return trial.suggestFloat("x", 0, 1);
                      },
                      o -> o.workers(2)))
          .isInstanceOf(StorageException.class);
    }
  }

  @Test
  void aLostDeviceIsTakenOutAndTheOthersFinish() throws InterruptedException {
    Device good = new Device("reference", 0);
    Device bad = new Device("reference", 1);
    List<String> events = new ArrayList<>();
    Map<Integer, Device> where = new ConcurrentHashMap<>();
    SweepListener listener =
        new SweepListener() {
          @Override
          public void onDeviceLost(Device device, DeviceLostException cause) {
            events.add(device + ": " + cause.getMessage());
          }
        };
    try (Study study = Study.create("lost", o -> {})) {
      SweepSummary summary =
          study.optimize(
              trial -> {
                where.put(trial.number(), trial.device());
                assertThat(Backends.defaultDevice()).isEqualTo(trial.device());
                Thread.sleep(5);
                if (trial.device().equals(bad)) {
                  throw new IllegalStateException(new DeviceLostException("sticky", null));
                }
                return 1;
              },
              o ->
                  o.trials(20)
                      .retries(1)
                      .listener(listener)
                      .devices(DevicePool.of(List.of(good, bad), 1)));
      assertThat(summary.complete()).isEqualTo(20);
      assertThat(events).containsExactly("reference:1: sticky");
      assertThat(where.values()).containsOnly(good);
    }
  }

  @Test
  void withoutAnyDeviceLeftTheSweepEndsAndTheTrialWaits() {
    try (Study study = Study.create("none", o -> {})) {
      assertThatThrownBy(
              () ->
                  study.optimize(
                      trial -> {
                        throw new DeviceLostException("sticky", null);
                      },
                      o -> o.trials(5).devices(DevicePool.of(List.of(REFERENCE), 1))))
          .isInstanceOf(NoDeviceException.class)
          .hasMessageContaining("reference")
          .hasMessageContaining("sticky");
      assertThat(study.trials()).extracting(TrialRecord::state).containsOnly(TrialState.WAITING);
    }
  }
}
