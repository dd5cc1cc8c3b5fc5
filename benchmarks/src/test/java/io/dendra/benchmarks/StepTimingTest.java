package io.dendra.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StepTimingTest {
  private static StepTiming timing(double firstLoss, double laterLoss) {
    return new StepTiming(
        Network.LENET, "onednn", "onednn 3", "2", 20, 1.5, 1.25, firstLoss, laterLoss, Double.NaN);
  }

  @Test
  void aLineHoldsAll() {
    StepTiming timing = timing(2.5, 0.5);

    assertThat(StepTiming.parse(timing.format())).isEqualTo(timing);
  }

  @Test
  void trainsWhenTheLossFalls() {
    assertThat(timing(2.5, 0.5).trains()).isTrue();
    assertThat(timing(2.5, 2.5).trains()).isFalse();
    assertThat(timing(2.5, Double.NaN).trains()).isFalse();
  }

  @Test
  void shareOfTheMachineCountsOthersAgainstAll() {
    ProcessorTime from = new ProcessorTime(100, 100, 100);
    ProcessorTime to = new ProcessorTime(125, 125, 150);

    assertThat(ProcessorTime.sharedWithOthers(from, to)).isEqualTo(0.25);
    assertThat(ProcessorTime.sharedWithOthers(null, to)).isNaN();
  }

  @Test
  void anUnknownNetworkListsTheKnown() {
    assertThatThrownBy(() -> Network.named("resnet"))
        .hasMessageContaining("resnet")
        .hasMessageContaining("mlp, lenet, lstm and attention");
  }
}
