package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.cuda.driver.CudaException;
import io.dendra.backend.cuda.library.CudnnStatus;
import java.util.Locale;

/** What cuDNN's return codes lead to; JCuda's own names for them hold for cuDNN 8 only. */
final class DnnStatus {
  private DnnStatus() {}

  /**
   * Checks a call that has to succeed.
   *
   * @throws CudaException when it has not
   */
  static void check(int code, String function, int device) {
    if (code != 0) {
      throw new CudaException(function, code, words(CudnnStatus.of(code)), device);
    }
  }

  /**
   * Whether a call succeeded that the library may have no way for.
   *
   * @throws CudaException when it failed for another reason
   */
  static boolean isSupported(int code, String function, int device) {
    if (CudnnStatus.of(code) == CudnnStatus.NOT_SUPPORTED) {
      return false;
    }
    check(code, function, device);
    return true;
  }

  private static String words(CudnnStatus status) {
    return status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
