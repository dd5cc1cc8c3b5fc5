package io.dendra.sweep.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dendra.backend.Backends;
import io.dendra.tensor.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskDevicesTest {
  @Test
  void numbersAreDevicesWhereAllAreVisible() {
    assertThat(TaskDevices.of(List.of("1", "3"), null, null))
        .containsExactly(new Device("cuda", 1), new Device("cuda", 3));
    assertThat(TaskDevices.of(List.of("2"), "cuda", "")).containsExactly(new Device("cuda", 2));
  }

  @Test
  void whatIsVisibleIsNumberedAnew() {
    assertThat(TaskDevices.of(List.of("3"), null, "2, 3")).containsExactly(new Device("cuda", 1));
    assertThat(TaskDevices.of(List.of("0"), null, "2,3")).containsExactly(new Device("cuda", 0));
    assertThat(TaskDevices.of(List.of("GPU-4f01-aa"), null, "GPU-77,GPU-4f01"))
        .containsExactly(new Device("cuda", 1));
    assertThat(TaskDevices.of(List.of("MIG-9"), null, "MIG-9"))
        .containsExactly(new Device("cuda", 0));
  }

  @Test
  void anAddressThatMeansNothingIsRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> TaskDevices.of(List.of("GPU-77"), null, null))
        .withMessageContaining("GPU-77")
        .withMessageContaining("discovery script");
    assertThatIllegalStateException()
        .isThrownBy(() -> TaskDevices.of(List.of("2"), null, "0,1"))
        .withMessageContaining("'2'")
        .withMessageContaining("0,1");
  }

  @Test
  void otherBackendsKnowNoGpus() {
    assertThat(TaskDevices.of(List.of("3"), "reference", null))
        .containsExactly(Device.of("reference"));
    assertThat(TaskDevices.of(List.of(), null, null)).containsExactly(Backends.defaultDevice());
    assertThatIllegalStateException()
        .isThrownBy(TaskDevices::current)
        .withMessageContaining("no task of Spark");
  }
}
