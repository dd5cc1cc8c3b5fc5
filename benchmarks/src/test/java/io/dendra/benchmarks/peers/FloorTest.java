package io.dendra.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FloorTest {
  private static final MachineSpeed MACHINE = new MachineSpeed(235e9, 50e9);

  @ParameterizedTest
  @CsvSource({
    "MLP_MNIST, 0.33",
    "MLP_WIDE, 12.2",
    "LENET, 3.7",
    "CNN_CIFAR, 43",
    "RESNET_BLOCK, 47",
    "LSTM, 5.1",
    "TRANSFORMER, 22",
    "MATMUL1024, 9.1"
  })
  void threeForwardPassesTakeAsLongAsCountedByHand(Workload workload, double millis) {
    assertThat(Floor.of(workload).usualMillis(MACHINE)).isCloseTo(millis, within(0.02 * millis));
  }

  @Test
  void dataNeedNoGradient() {
    Floor floor = Floor.of(Workload.MLP_MNIST);

    double first = 2.0 * 128 * 784 * 128;
    double second = 2.0 * 128 * 128 * 10;
    assertThat(floor.flops()).isEqualTo(2 * first + 3 * second);
    assertThat(floor.usualFlops() - floor.flops()).isEqualTo(first);
  }

  @Test
  void elementwiseReadsOnceAndWritesOnce() {
    Floor floor = Floor.of(Workload.ELEMENTWISE10M);

    assertThat(floor.bytes()).isEqualTo(80e6);
    assertThat(floor.millis(MACHINE)).isCloseTo(1.6, within(1e-9));
  }

  @ParameterizedTest
  @EnumSource(Workload.class)
  void whatTakesLongerCounts(Workload workload) {
    Floor floor = Floor.of(workload);

    assertThat(floor.millis(MACHINE))
        .isPositive()
        .isGreaterThanOrEqualTo(floor.arithmeticMillis(MACHINE))
        .isGreaterThanOrEqualTo(floor.memoryMillis(MACHINE));
    assertThat(floor.flops()).isLessThanOrEqualTo(floor.usualFlops());
  }
}
