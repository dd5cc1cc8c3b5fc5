package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.cuda.driver.CudaException;
import io.dendra.backend.cuda.library.CudnnStatus;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What cuDNN's return codes lead to; JCuda's own names for them hold for cuDNN 8 only. */
final class DnnStatus {
  private static final Logger LOG = LoggerFactory.getLogger(DnnStatus.class);

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
   * Whether a call succeeded that the library may have no way for. Some of what it does not support
   * it calls a bad parameter.
   *
   * @throws CudaException when it failed for another reason
   */
  static boolean isSupported(int code, String function, int device) {
    CudnnStatus status = CudnnStatus.of(code);
    if (status == CudnnStatus.NOT_SUPPORTED) {
      return false;
    }
    if (status == CudnnStatus.BAD_PARAMETER) {
      LOG.warn("{} does not accept its arguments (code {}): doing without it", function, code);
      return false;
    }
    check(code, function, device);
    return true;
  }

  private static String words(CudnnStatus status) {
    return status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
