package io.dendra.backend.cuda.library;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a Python package tells about its libraries, whose own files carry one number
 * only.
 *
 * @param version all numbers: {@code 9.1.0.70}
 * @param builtFor the major version of CUDA in the package's name; 0 when there is none
 */
record PipPackage(String version, int builtFor) {
  private static final Pattern NAME =
      Pattern.compile(
          "nvidia_(cublas|cuda_nvrtc|cudnn)(?:_cu(\\d{1,3}))?-(\\d+[\\d.]*)\\.dist-info");

  /** The packages of a {@code site-packages}, by the library that each brings. */
  static Map<CudaLibrary, PipPackage> in(Path packages) {
    Map<CudaLibrary, PipPackage> found = new EnumMap<>(CudaLibrary.class);
    for (Path entry : Machine.entries(packages, "nvidia_cu*.dist-info")) {
      Matcher name = NAME.matcher(entry.getFileName().toString());
      if (name.matches()) {
        int cuda = name.group(2) == null ? 0 : Integer.parseInt(name.group(2));
        found.put(library(name.group(1)), new PipPackage(name.group(3), cuda));
      }
    }
    return found;
  }

  private static CudaLibrary library(String name) {
    return switch (name) {
      case "cublas" -> CudaLibrary.CUBLAS;
      case "cuda_nvrtc" -> CudaLibrary.NVRTC;
      default -> CudaLibrary.CUDNN;
    };
  }
}
