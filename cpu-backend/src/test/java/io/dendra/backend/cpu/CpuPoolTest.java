package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.ThreadLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CpuPoolTest {
  private static void eachOnce(CpuPool pool, int parts) {
    AtomicIntegerArray runs = new AtomicIntegerArray(parts);
    pool.run(parts, runs::incrementAndGet);
    for (int part = 0; part < parts; part++) {
      assertThat(runs.get(part)).isEqualTo(1);
    }
  }

  @Test
  void everyPartRunsOnce() {
    for (int threads = 1; threads <= 4; threads++) {
      try (CpuPool pool = new CpuPool(threads)) {
        for (int parts = 0; parts < 20; parts++) {
          eachOnce(pool, parts);
        }
      }
    }
  }

  @Test
  void aLimitOfThreadsIsKeptAndChangesNoParts() throws Exception {
    try (CpuPool pool = new CpuPool(4)) {
      for (int limit = 1; limit <= 5; limit++) {
        AtomicInteger there = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int parts =
            ThreadLimit.call(
                limit,
                () -> {
                  int made = pool.parts(100, 1L << 30);
                  pool.run(
                      40,
                      part -> {
                        most.accumulateAndGet(there.incrementAndGet(), Math::max);
                        LockSupport.parkNanos(200_000);
                        there.decrementAndGet();
                      });
                  return made;
                });
        assertThat(parts).isEqualTo(4);
        assertThat(most.get()).isLessThanOrEqualTo(limit);
      }
    }
  }

  /** Also when the threads have gone to sleep in between, or are about to. */
  @Test
  void threadsComeBackFromSleep() throws Exception {
    try (CpuPool pool = new CpuPool(3)) {
      for (int i = 0; i < 200; i++) {
        eachOnce(pool, 3);
        if (i % 20 == 0) {
          TimeUnit.MILLISECONDS.sleep(2);
        }
        TimeUnit.NANOSECONDS.sleep(i * 500L);
      }
    }
  }

  /** A part that waits for another can only end when a second thread takes that. */
  @Test
  void threadsWorkAtOnce() {
    try (CpuPool pool = new CpuPool(2)) {
      for (int i = 0; i < 50; i++) {
        AtomicInteger there = new AtomicInteger();
        pool.run(
            2,
            part -> {
              there.incrementAndGet();
              while (there.get() < 2) {
                Thread.onSpinWait();
              }
            });
        assertThat(there).hasValue(2);
      }
    }
  }

  @Test
  void failuresReachTheCaller() {
    try (CpuPool pool = new CpuPool(2)) {
      for (int failing = 0; failing < 4; failing++) {
        int part = failing;
        assertThatThrownBy(
                () ->
                    pool.run(
                        4,
                        each -> {
                          if (each == part) {
                            throw new IllegalStateException("part " + each);
                          }
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("part " + part);
        eachOnce(pool, 4);
      }
    }
  }

  @Test
  void severalCallersShareTheThreads() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (CpuPool pool = new CpuPool(3)) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        tasks.add(
            () -> {
              for (int i = 0; i < 500; i++) {
                eachOnce(pool, 5);
              }
              return null;
            });
      }
      for (Future<Void> done : callers.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void aClosedPoolStillDoesTheWork() {
    CpuPool pool = new CpuPool(2);
    eachOnce(pool, 2);
    pool.close();
    eachOnce(pool, 2);
  }
}
