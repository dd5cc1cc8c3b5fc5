package io.dendra.backend.cuda.library;

/** The libraries of CUDA that the backend stands on, in the order in which they are loaded. */
public enum CudaLibrary {
  DRIVER("libcuda"),
  CUBLAS_LT("libcublasLt"),
  CUBLAS("libcublas"),
  NVRTC_BUILTINS("libnvrtc-builtins"),
  NVRTC("libnvrtc"),
  CUDNN("libcudnn");

  private final String stem;

  CudaLibrary(String stem) {
    this.stem = stem;
  }

  /** The file's name before {@code .so}. */
  public String stem() {
    return stem;
  }

  /** The library that this one is a part of, of which it comes in the same build; else itself. */
  CudaLibrary whole() {
    return switch (this) {
      case CUBLAS_LT -> CUBLAS;
      case NVRTC_BUILTINS -> NVRTC;
      case DRIVER, CUBLAS, NVRTC, CUDNN -> this;
    };
  }

  /** The library whose file's name starts so; null when it is none of CUDA's. */
  static CudaLibrary ofStem(String stem) {
    for (CudaLibrary library : values()) {
      if (library.stem.equals(stem)) {
        return library;
      }
    }
    return null;
  }

  boolean isPart() {
    return whole() != this;
  }
}
