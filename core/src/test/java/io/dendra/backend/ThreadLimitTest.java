package io.dendra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ThreadLimitTest {
  @Test
  void aLimitHoldsInsideAndCanOnlyBeLowered() throws Exception {
    assertThat(ThreadLimit.atMost(8)).isEqualTo(8);
    ThreadLimit.<Void>call(
        4,
        () -> {
          assertThat(ThreadLimit.atMost(8)).isEqualTo(4);
          assertThat(ThreadLimit.atMost(2)).isEqualTo(2);
          assertThat(ThreadLimit.<Integer>call(6, () -> ThreadLimit.atMost(8))).isEqualTo(4);
          assertThat(ThreadLimit.<Integer>call(1, () -> ThreadLimit.atMost(8))).isEqualTo(1);
          assertThat(ThreadLimit.atMost(8)).isEqualTo(4);
          return null;
        });
    assertThatThrownBy(
            () ->
                ThreadLimit.call(
                    2,
                    () -> {
                      throw new IllegalStateException("out");
                    }))
        .hasMessage("out");
    assertThat(ThreadLimit.atMost(8)).isEqualTo(8);
    assertThatThrownBy(() -> ThreadLimit.call(0, () -> 1)).hasMessageContaining("given 0");
  }
}
