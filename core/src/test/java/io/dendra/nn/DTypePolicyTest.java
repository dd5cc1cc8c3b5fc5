package io.dendra.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DTypePolicyTest {
  @Test
  void mixedPoliciesKeepWeightsInFloat32() {
    assertThat(DTypePolicy.of("mixed_float16")).isEqualTo(DTypePolicy.MIXED_FLOAT16);
    assertThat(DTypePolicy.MIXED_FLOAT16.variable()).isEqualTo(DType.FLOAT32);
    assertThat(DTypePolicy.MIXED_FLOAT16.compute()).isEqualTo(DType.FLOAT16);
    assertThat(DTypePolicy.MIXED_BFLOAT16.compute()).isEqualTo(DType.BFLOAT16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mixed_float16", "mixed_bfloat16", "float32", "float64", "float16", "bfloat16"})
  void namesAreRead(String name) {
    assertThat(DTypePolicy.of(name).name()).isEqualTo(name);
    assertThat(DTypePolicy.of(name)).hasToString(name);
  }

  @Test
  void unknownNamesListTheNearest() {
    assertThatThrownBy(() -> DTypePolicy.of("mixed_float61"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no dtype policy 'mixed_float61'")
        .hasMessageContaining("Did you mean 'mixed_float16'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"int32", "int64", "bool", "mixed_int32"})
  void integersAreRefused(String name) {
    assertThatThrownBy(() -> DTypePolicy.of(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a layer cannot compute in")
        .hasMessageContaining("mixed_bfloat16");
  }

  @Test
  void typesThatDoNotGoTogetherAreRefused() {
    assertThatThrownBy(() -> new DTypePolicy(DType.FLOAT64, DType.FLOAT16))
        .hasMessageContaining("weights of float64 cannot compute in float16");
    assertThatThrownBy(() -> new DTypePolicy(DType.FLOAT16, DType.FLOAT32))
        .hasMessageContaining("weights of float16");
    assertThatThrownBy(() -> new DTypePolicy(DType.INT32, DType.INT32))
        .hasMessageContaining("int32");
  }
}
