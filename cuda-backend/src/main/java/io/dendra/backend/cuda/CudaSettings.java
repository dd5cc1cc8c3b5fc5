package io.dendra.backend.cuda;

import io.dendra.backend.BackendException;
import io.dendra.backend.cuda.driver.Blas;
import io.dendra.config.Config;

/**
 * The settings of the backend, read when a device is opened.
 *
 * @param precision {@code dendra.cuda.precision}: how float32 products and convolutions are
 *     computed, {@code float32} (exact, the default) or {@code tf32} (faster, factors rounded to 11
 *     bits of mantissa)
 * @param deterministic {@code dendra.cuda.deterministic}: whether convolutions only take algorithms
 *     that give the same bits each time, {@code on} (the default) or {@code off}
 * @param benchmark {@code dendra.cuda.conv.benchmark}: whether the fastest algorithm of a
 *     convolution is found by running each once, {@code on} or {@code off} (the default: cuDNN's
 *     own guess)
 */
record CudaSettings(Blas.Precision precision, boolean deterministic, boolean benchmark) {
  static CudaSettings read() {
    return new CudaSettings(
        readPrecision(),
        flag("dendra.cuda.deterministic", true),
        flag("dendra.cuda.conv.benchmark", false));
  }

  private static Blas.Precision readPrecision() {
    String value = Config.get("dendra.cuda.precision").orElse("float32");
    return switch (value) {
      case "float32" -> Blas.Precision.FLOAT32;
      case "tf32" -> Blas.Precision.TF32;
      default ->
          throw new BackendException(
              "dendra.cuda.precision can be float32 or tf32, given '" + value + "'");
    };
  }

  private static boolean flag(String key, boolean fallback) {
    String value = Config.get(key).orElse(fallback ? "on" : "off");
    return switch (value) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new BackendException(key + " can be on or off, given '" + value + "'");
    };
  }
}
