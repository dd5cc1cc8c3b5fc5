package io.dendra.backend.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudnnStatusTest {
  /** The pairs that cuDNN's headers call by the same name. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, SUCCESS",
    "1, 1001, NOT_INITIALIZED",
    "2, 4003, OUT_OF_MEMORY",
    "3, 2000, BAD_PARAMETER",
    "4, 4000, INTERNAL_ERROR",
    "8, 5000, EXECUTION_FAILED",
    "9, 3000, NOT_SUPPORTED"
  })
  void bothVersionsSayTheSame(int of8, int of9, CudnnStatus status) {
    assertThat(CudnnStatus.of(of8)).isEqualTo(status);
    assertThat(CudnnStatus.of(of9)).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"2012, BAD_PARAMETER", "3015, NOT_SUPPORTED", "5004, EXECUTION_FAILED"})
  void detailsBelongToTheirKind(int code, CudnnStatus status) {
    assertThat(CudnnStatus.of(code)).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"-1", "15", "999", "6000", "2147483647"})
  void otherNumbersAreUnknown(int code) {
    assertThat(CudnnStatus.of(code)).isEqualTo(CudnnStatus.UNKNOWN);
  }
}
