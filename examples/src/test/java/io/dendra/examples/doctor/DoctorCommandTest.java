package io.dendra.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.examples.CommandRun;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  @Test
  void namesEveryBackendWithItsDevicesAndTheReasonOfWhatIsMissing() {
    CommandRun run = CommandRun.of("doctor");
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("java ", Runtime.version().toString())
        .containsPattern("cpu +(available|not available): ")
        .containsPattern("reference +available: ")
        .contains("devices: reference, reference:1", "threads: ")
        .containsPattern("cuda +(available|not available): .+");
    assertThat(run.err()).isEmpty();
  }
}
