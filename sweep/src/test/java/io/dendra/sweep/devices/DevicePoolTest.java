package io.dendra.sweep.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.BackendException;
import io.dendra.backend.ThreadLimit;
import io.dendra.tensor.Device;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DevicePoolTest {
  private static final Device A = new Device("reference", 0);
  private static final Device B = new Device("reference", 1);

  @Test
  void namesSayWhichDeviceIsNotThere() {
    assertThat(DevicePool.of("reference").slots()).containsExactly("reference");
    assertThat(DevicePool.of("reference:*").slots()).hasSizeGreaterThan(1);
    assertThat(DevicePool.of("reference", "reference:1").slots(2).slots())
        .containsExactly("reference/0", "reference:1/0", "reference/1", "reference:1/1");
    assertThatThrownBy(() -> DevicePool.of("reference:7"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("no device reference:7");
    assertThatThrownBy(() -> DevicePool.of("nowhere:*"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("'nowhere'");
    assertThatThrownBy(DevicePool::of).hasMessageContaining("at least one device");
    assertThatThrownBy(() -> DevicePool.of(List.of(A, A), 1)).hasMessageContaining("twice");
  }

  @Test
  void slotsGoToTheDeviceWithTheFewestTrials() throws InterruptedException {
    DevicePool pool = DevicePool.of(List.of(A, B), 2);
    DeviceLease first = pool.lease();
    DeviceLease second = pool.lease();
    assertThat(List.of(first.device(), second.device())).containsExactlyInAnyOrder(A, B);
    second.close();
    assertThat(pool.lease().device()).isEqualTo(second.device());
  }

  @Test
  void whoWaitsLongestIsNext() throws InterruptedException {
    DevicePool pool = DevicePool.of(List.of(A), 1);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    try (DeviceLease held = pool.lease()) {
      assertThat(held.device()).isEqualTo(A);
      for (int i = 0; i < 5; i++) {
        int number = i;
        Thread thread =
            new Thread(
                () -> {
                  try (DeviceLease lease = pool.lease()) {
                    order.add(lease.device().equals(A) ? number : -1);
                  } catch (InterruptedException e) {
                    order.add(-2);
                  }
                });
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
          Thread.sleep(1);
        }
        threads.add(thread);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(order).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void aLostDeviceIsLeasedNoMore() throws InterruptedException {
    DevicePool pool = DevicePool.of(List.of(A, B), 1);
    DeviceLease lost = pool.lease();
    IllegalStateException cause = new IllegalStateException("why");
    assertThat(pool.lose(lost.device(), cause)).isTrue();
    assertThat(pool.lose(lost.device(), cause)).isFalse();
    lost.close();
    try (DeviceLease other = pool.lease()) {
      assertThat(other.device()).isNotEqualTo(lost.device());
      assertThat(pool.lease(() -> false)).isEmpty();
      pool.lose(other.device(), cause);
    }
    assertThatThrownBy(pool::lease)
        .isInstanceOf(NoDeviceException.class)
        .hasMessageContaining("why");
  }

  @Test
  void waitingEndsWhenItIsNotWantedAnyMore() throws Exception {
    DevicePool pool = DevicePool.of(List.of(A), 1);
    AtomicBoolean wanted = new AtomicBoolean(true);
    AtomicBoolean got = new AtomicBoolean(true);
    try (DeviceLease held = pool.lease()) {
      assertThat(held.threads()).isEmpty();
      Thread waiter =
          new Thread(
              () -> {
                try {
                  got.set(pool.lease(wanted::get).isPresent());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      waiter.start();
      wanted.set(false);
      waiter.join();
    }
    assertThat(got).isFalse();
  }

  @Test
  void cpuSlotsLimitThreads() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        io.dendra.backend.Backends.providers().stream().anyMatch(p -> p.name().equals("cpu")),
        "the CPU backend is not on the class path");
    try (DeviceLease slot = DevicePool.cpu(2, 3).lease()) {
      assertThat(slot.toString()).isEqualTo("cpu/0");
      assertThat(slot.<Integer>withThreads(() -> ThreadLimit.atMost(16))).isEqualTo(3);
    }
    assertThat(ThreadLimit.atMost(16)).isEqualTo(16);
  }
}
