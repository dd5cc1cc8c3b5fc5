package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.Backends;
import io.dendra.backend.DeviceLostException;
import io.dendra.cuda.emulator.EmulatorControl;
import io.dendra.cuda.emulator.Fault;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A sweep on four devices: one trial on each, and what happens when one of them dies. */
@EnabledIf(
    value = "io.dendra.backend.cuda.EmulatedCuda#isEmulated",
    disabledReason = "faults can be injected into the CUDA emulator only")
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SweepOnDevicesTest {
  private static final int LAUNCH_FAILED = 719;
  private static final int OUT_OF_MEMORY = 2;

  private static EmulatorControl control;

  @TempDir Path folder;

  /** How many trials are on each device now, and the most that were. */
  private final Map<Device, AtomicInteger> now = new ConcurrentHashMap<>();

  private final Map<Device, Integer> most = new ConcurrentHashMap<>();
  private final Map<Device, Integer> ran = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() {
    EmulatedCuda.provider();
    control = EmulatedCuda.control();
  }

  @AfterEach
  void clear() {
    control.clearFaults();
  }

  private double compute(Trial trial) {
    Device device = trial.device();
    assertThat(Backends.defaultDevice()).isEqualTo(device);
    AtomicInteger here = now.computeIfAbsent(device, any -> new AtomicInteger());
    most.merge(device, here.incrementAndGet(), Math::max);
    try {
      float rate = (float) trial.suggestFloat("rate", 0, 1);
      Tensor x = Tensor.of(NDArray.of(new float[] {rate, 1, 2, 3}, 4));
      assertThat(x.device()).isEqualTo(device);
      double value = 0;
      for (int i = 0; i < 5; i++) {
        value = x.mul(x).add(i).sum().item();
      }
      ran.merge(device, 1, Integer::sum);
      return value;
    } finally {
      here.decrementAndGet();
    }
  }

  @Test
  void everyTrialHasADeviceForItself() throws InterruptedException {
    CountDownLatch atOnce = new CountDownLatch(4);
    try (Study study = Study.create("four", o -> o.directory(folder))) {
      SweepSummary summary =
          study.optimize(
              trial -> {
                atOnce.countDown();
                // Four at once, or this would end in a failure.
                assertThat(atOnce.await(60, TimeUnit.SECONDS)).isTrue();
                return compute(trial);
              },
              o -> o.trials(40).devices(DevicePool.of("cuda:*")));
      assertThat(summary.complete()).isEqualTo(40);
    }
    assertThat(ran).hasSize(4);
    assertThat(most.values()).containsOnly(1);
  }

  @Test
  void slotsLetTrialsShareADevice() throws InterruptedException {
    CountDownLatch atOnce = new CountDownLatch(4);
    try (Study study = Study.create("slots", o -> o.directory(folder))) {
      SweepSummary summary =
          study.optimize(
              trial -> {
                atOnce.countDown();
                assertThat(atOnce.await(60, TimeUnit.SECONDS)).isTrue();
                return compute(trial);
              },
              o -> o.trials(20).devices(DevicePool.of("cuda:0", "cuda:1").slots(2)));
      assertThat(summary.complete()).isEqualTo(20);
    }
    assertThat(ran).hasSize(2);
    assertThat(most.values()).allMatch(count -> count <= 2);
  }

  @Test
  void aShortageOfMemoryIsOneTrialsFailure() throws InterruptedException {
    Device device = Device.of("cuda:1");
    try (Study study = Study.create("memory", o -> o.directory(folder))) {
      SweepSummary summary =
          study.optimize(
              trial -> {
                if (trial.number() == 1) {
                  Backends.open(device).memory().trim();
                  control.inject(Fault.of("cuMemAlloc_v2", OUT_OF_MEMORY).times(1000).device(1));
                  try {
                    return compute(trial);
                  } finally {
                    control.clearFaults();
                  }
                }
                return compute(trial);
              },
              o -> o.trials(4).devices(DevicePool.of("cuda:1")));
      assertThat(summary.complete()).isEqualTo(3);
      assertThat((String) study.trials().get(1).systemAttributes().get("fail_reason"))
          .contains("OutOfDeviceMemoryException")
          .contains("cuda:1 is out of memory");
    }
    assertThat(Backends.open(device).memory().stats().live()).isZero();
  }

  /** The last, for the device is lost to this process. */
  @Test
  @Order(Integer.MAX_VALUE)
  void theOthersFinishWhenADeviceDies() throws InterruptedException {
    List<String> lost = new CopyOnWriteArrayList<>();
    SweepListener listener =
        new SweepListener() {
          @Override
          public void onDeviceLost(Device device, DeviceLostException cause) {
            lost.add(device.toString());
          }
        };
    CountDownLatch atOnce = new CountDownLatch(4);
    try (Study study = Study.create("dying", o -> o.directory(folder))) {
      SweepSummary summary =
          study.optimize(
              trial -> {
                atOnce.countDown();
                assertThat(atOnce.await(60, TimeUnit.SECONDS)).isTrue();
                if (trial.device().index() == 2 && ran.getOrDefault(trial.device(), 0) == 2) {
                  control.inject(Fault.of("kernel:*", LAUNCH_FAILED).device(2));
                }
                return compute(trial);
              },
              o -> o.trials(40).retries(1).listener(listener).devices(DevicePool.of("cuda:*")));
      assertThat(lost).containsExactly("cuda:2");
      assertThat(summary.complete()).isEqualTo(40);
      assertThat(summary.failed()).isZero();
      assertThat(study.trials()).hasSize(40).allMatch(t -> t.state() == TrialState.COMPLETE);
      assertThat(study.trials())
          .filteredOn(trial -> trial.systemAttributes().containsKey("dendra:failures"))
          .hasSize(1)
          .allMatch(
              trial ->
                  trial.systemAttributes().get("dendra:failures").toString().contains("cuda:2"));
    }
    assertThat(ran.get(Device.of("cuda:2"))).isEqualTo(2);
    assertThat(most.values()).containsOnly(1);
  }
}
