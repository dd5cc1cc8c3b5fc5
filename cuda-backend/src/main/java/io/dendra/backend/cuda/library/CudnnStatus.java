package io.dendra.backend.cuda.library;

/**
 * What a return code of cuDNN says. cuDNN 9 numbered them anew, with the kind in the thousands and
 * the details below, so the number alone means different things; the two ranges do not overlap.
 */
public enum CudnnStatus {
  SUCCESS,
  /** The library, or one of its parts, is not ready or does not fit. */
  NOT_INITIALIZED,
  BAD_PARAMETER,
  NOT_SUPPORTED,
  OUT_OF_MEMORY,
  INTERNAL_ERROR,
  EXECUTION_FAILED,
  /** A number that neither version documents. */
  UNKNOWN;

  /** The kind of a code of cuDNN 8 (0 to 14) or 9 (0, 1000 to 5999). */
  public static CudnnStatus of(int code) {
    return switch (code) {
      case 0 -> SUCCESS;
      case 1, 10, 11, 12, 14 -> NOT_INITIALIZED;
      case 2, 4003, 4004 -> OUT_OF_MEMORY;
      case 3, 5 -> BAD_PARAMETER;
      case 4, 7 -> INTERNAL_ERROR;
      case 6, 9 -> NOT_SUPPORTED;
      case 8, 13 -> EXECUTION_FAILED;
      default -> ofThousands(code);
    };
  }

  private static CudnnStatus ofThousands(int code) {
    return switch (code / 1000) {
      case 1 -> NOT_INITIALIZED;
      case 2 -> BAD_PARAMETER;
      case 3 -> NOT_SUPPORTED;
      case 4 -> INTERNAL_ERROR;
      case 5 -> EXECUTION_FAILED;
      default -> UNKNOWN;
    };
  }
}
