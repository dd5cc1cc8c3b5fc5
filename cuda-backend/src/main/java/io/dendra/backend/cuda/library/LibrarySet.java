package io.dendra.backend.cuda.library;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Files that work together, one for each library. */
record LibrarySet(Map<CudaLibrary, LibraryFile> files) {
  /** Versions that work together and that JCuda can be put on top of. */
  record Versions(int cuda, int cudnn) {}

  private static final List<Versions> DIRECT = List.of(new Versions(12, 8));

  /** The best set among what was found, given in search order. */
  static LibrarySet choose(List<LibraryFile> found) throws LibraryException {
    LibraryFile driver = first(found, CudaLibrary.DRIVER, 1);
    if (driver == null) {
      throw new LibraryException(
          "no NVIDIA driver: libcuda.so.1 is in no folder of "
              + SearchPath.SETTING
              + " and not on the system");
    }
    for (Versions versions : DIRECT) {
      Map<CudaLibrary, LibraryFile> files = new EnumMap<>(CudaLibrary.class);
      put(files, driver);
      put(files, first(found, CudaLibrary.CUBLAS, versions.cuda()));
      put(files, first(found, CudaLibrary.NVRTC, versions.cuda()));
      put(files, first(found, CudaLibrary.CUDNN, versions.cudnn()));
      if (files.size() == 4) {
        for (CudaLibrary part : List.of(CudaLibrary.CUBLAS_LT, CudaLibrary.NVRTC_BUILTINS)) {
          put(files, partOf(files.get(part.whole()), part, found));
        }
        return new LibrarySet(files);
      }
    }
    throw new LibraryException(
        "CUDA 12 needs libcublas.so.12, libnvrtc.so.12 and libcudnn.so.8; name their folders in "
            + SearchPath.SETTING);
  }

  /** In the order of loading: a library comes after those that it asks for. */
  List<LibraryFile> inOrder() {
    return new ArrayList<>(files.values());
  }

  /** The part that lies beside the library, else any of the same version. */
  private static LibraryFile partOf(LibraryFile whole, CudaLibrary part, List<LibraryFile> found) {
    LibraryFile other = null;
    for (LibraryFile file : found) {
      if (file.library() == part && file.major() == whole.major()) {
        if (file.folder().path().equals(whole.folder().path())) {
          return file;
        }
        other = other == null ? file : other;
      }
    }
    return other;
  }

  private static LibraryFile first(List<LibraryFile> found, CudaLibrary library, int major) {
    return found.stream()
        .filter(file -> file.library() == library && file.major() == major)
        .findFirst()
        .orElse(null);
  }

  private static void put(Map<CudaLibrary, LibraryFile> files, LibraryFile file) {
    if (file != null) {
      files.put(file.library(), file);
    }
  }
}
