package io.dendra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.reference.ReferenceProvider;
import io.dendra.config.Config;
import io.dendra.nn.OwnDevice;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackendsTest {
  @AfterEach
  void clear() {
    Config.set(Backends.FLAG, null);
    Config.set("dendra.memory.limit.mb", null);
  }

  /** A backend that is on the class path and cannot be used. */
  private record Broken() implements BackendProvider {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public int rank() {
      return 1_000;
    }

    @Override
    public Availability availability() {
      return Availability.no("its driver is missing");
    }

    @Override
    public int deviceCount() {
      return 0;
    }

    @Override
    public Backend open(int index) {
      throw new IllegalStateException("never opened");
    }

    @Override
    public Map<String, String> details() {
      return Map.of();
    }
  }

  @Test
  void whatIsAskedForByNameIsNeverReplaced() {
    Backends.register(new Broken());
    Config.set(Backends.FLAG, "broken");
    assertThatThrownBy(() -> Tensor.zeros(2))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("its driver is missing");
    Config.set(Backends.FLAG, "auto");
    assertThat(Backends.defaultDevice().backend()).isNotEqualTo("broken");
  }

  @Test
  void unknownNamesAndDevicesSayWhatThereIs() {
    assertThatThrownBy(() -> Backends.open(Device.of("referense")))
        .hasMessageContaining("'reference'");
    assertThatThrownBy(() -> Backends.open(Device.of("cuda"))).hasMessageContaining("dendra-cuda");
    assertThatThrownBy(() -> Backends.open(Device.of("reference:7")))
        .hasMessageContaining("reference:3");
    assertThatThrownBy(() -> Device.of("cuda:x")).hasMessageContaining("cuda:1");
  }

  @Test
  void theDefaultDeviceIsScopedToItsThread() {
    Device second = Device.of("reference:1");
    Backends.use(second, () -> assertThat(Backends.defaultDevice()).isEqualTo(second));
    assertThat(Backends.defaultDevice()).isNotEqualTo(second);
  }

  @Test
  void shortageListsTheLargestTensorsAndLeavesTheDeviceUsable() {
    Config.set("dendra.memory.limit.mb", "1");
    Device device = OwnDevice.of("small-memory");
    try (TensorScope scope = TensorScope.open("test")) {
      Tensor.full(Shape.of(200_000), 1, DType.FLOAT32, device);
      assertThatThrownBy(() -> Tensor.full(Shape.of(100_000), 1, DType.FLOAT32, device))
          .isInstanceOf(OutOfDeviceMemoryException.class)
          .hasMessageContaining("0.8 MiB from full in test")
          .hasMessageContaining("dendra.memory.limit.mb");
      assertThat(Tensor.full(Shape.of(10), 1, DType.FLOAT32, device).sum().item()).isEqualTo(10);
    }
    assertThat(device.memoryStats().live()).isZero();
  }

  @Test
  void referenceIsThereWithFourDevices() {
    assertThat(Backends.provider("reference")).isInstanceOf(ReferenceProvider.class);
    assertThat(Backends.provider("reference").deviceCount()).isEqualTo(4);
  }
}
