package io.dendra.backend.cuda.driver;

import io.dendra.backend.BackendException;
import java.io.Serial;

/** A CUDA library refused a call or reported that work failed: which function, code and device. */
public final class CudaException extends BackendException {
  @Serial private static final long serialVersionUID = 1L;

  private final String function;
  private final int code;
  private final int device;

  /**
   * A failed call.
   *
   * @param function the C function
   * @param code what it returned
   * @param name the code in words
   * @param device the number of the device, or -1 when none is concerned
   */
  public CudaException(String function, int code, String name, int device) {
    super(
        function
            + " failed"
            + (device < 0 ? "" : " on cuda:" + device)
            + " with code "
            + code
            + " ("
            + name
            + ")");
    this.function = function;
    this.code = code;
    this.device = device;
  }

  /** The C function that failed. */
  public String function() {
    return function;
  }

  /** What it returned. */
  public int code() {
    return code;
  }

  /** The number of the device, or -1. */
  public int device() {
    return device;
  }
}
