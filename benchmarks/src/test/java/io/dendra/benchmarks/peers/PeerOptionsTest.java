package io.dendra.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PeerOptionsTest {
  private static PeerOptions parse(String... args) {
    return PeerOptions.parse(List.of(args));
  }

  @Test
  void theNameTellsWhatDiffersFromTheUsual() {
    assertThat(parse("lenet").peer()).isEqualTo("dendra");
    assertThat(parse("lenet", "--mode", "fit").peer()).isEqualTo("dendra-fit");
    assertThat(parse("lenet", "--engine", "nd4j", "--capture", "off").peer())
        .isEqualTo("dendra-nd4j-capture-off");
    assertThat(parse("lenet", "--mode", "fit", "--name", "mine").peer()).isEqualTo("mine");
  }

  @Test
  void whatCannotBeUnderstoodIsNamedWithWhatCould() {
    assertThatThrownBy(() -> parse()).hasMessageContaining("workload");
    assertThatThrownBy(() -> parse("resnet"))
        .hasMessageContaining("resnet")
        .hasMessageContaining("mlp_mnist, mlp_wide, lenet");
    assertThatThrownBy(() -> parse("lenet", "--fast", "1"))
        .hasMessageContaining("--fast")
        .hasMessageContaining("--capture auto|on|off");
    assertThatThrownBy(() -> parse("lenet", "--mode")).hasMessageContaining("--mode needs a value");
    assertThatThrownBy(() -> parse("lenet", "--mode", "slow"))
        .hasMessageContaining("batch, fit")
        .hasMessageContaining("slow");
    assertThatThrownBy(() -> parse("lenet", "--seconds", "few")).hasMessageContaining("few");
    assertThatThrownBy(() -> parse("matmul1024", "--mode", "fit"))
        .hasMessageContaining("matmul1024");
  }
}
