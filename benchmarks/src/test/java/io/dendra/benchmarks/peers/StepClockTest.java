package io.dendra.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class StepClockTest {
  @Test
  void timesTheLeastStepsAfterTheComparedOne() {
    StepClock clock = new StepClock(0, 0);
    int steps = 1;
    while (clock.stepDone(1.0 / steps)) {
      steps++;
    }

    assertThat(steps).isEqualTo(StepClock.COMPARED_STEP + StepClock.LEAST_TIMED);
    assertThat(clock.sortedMillis()).hasSize(StepClock.LEAST_TIMED).isSorted();
    assertThat(clock.firstLoss()).isEqualTo(1);
    assertThat(clock.laterLoss()).isEqualTo(1.0 / StepClock.COMPARED_STEP);
    assertThat(clock.startupSeconds()).isPositive().isLessThan(3600);
  }

  @Test
  void warmsUpAndTimesForAsLongAsTold() {
    StepClock clock = new StepClock(0.05, 0.1);
    long start = System.nanoTime();
    int steps = 1;
    while (clock.stepDone(1)) {
      // Steps that take no time would reach the most that are timed before the seconds are over.
      LockSupport.parkNanos(1_000_000);
      steps++;
    }

    assertThat((System.nanoTime() - start) / 1e9).isGreaterThanOrEqualTo(0.15);
    assertThat(clock.sortedMillis().length).isGreaterThan(StepClock.LEAST_TIMED).isLessThan(steps);
  }

  @Test
  void shareOfTheMachineCountsOthersAgainstAll() {
    ProcessorTime from = new ProcessorTime(100, 100, 100);
    ProcessorTime to = new ProcessorTime(125, 125, 150);

    assertThat(ProcessorTime.sharedWithOthers(from, to)).isCloseTo(0.25, within(1e-12));
    assertThat(ProcessorTime.sharedWithOthers(null, to)).isNaN();
  }
}
