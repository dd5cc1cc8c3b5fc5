package io.dendra.backend.cuda.library;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files that work together, one for each library. */
record LibrarySet(Versions versions, Map<CudaLibrary, LibraryFile> files) {
  /** Versions that work together. */
  record Versions(int cuda, int cudnn) {
    /** The oldest driver that CUDA runs with. */
    int driver() {
      return cuda >= 13 ? 580 : 525;
    }

    int majorOf(CudaLibrary library) {
      return library.whole() == CudaLibrary.CUDNN ? cudnn : cuda;
    }

    @Override
    public String toString() {
      return "cuda" + cuda + "-cudnn" + cudnn;
    }
  }

  /** The best first: JCuda was made for that one, and is adapted to the others. */
  static final List<Versions> SUPPORTED =
      List.of(new Versions(12, 8), new Versions(12, 9), new Versions(13, 9));

  static final List<CudaLibrary> REQUIRED =
      List.of(CudaLibrary.CUBLAS, CudaLibrary.NVRTC, CudaLibrary.CUDNN);
  private static final List<CudaLibrary> PARTS =
      List.of(CudaLibrary.CUBLAS_LT, CudaLibrary.NVRTC_BUILTINS);

  /** The best set among what was found, given in search order, if there is one. */
  static Optional<LibrarySet> choose(LibraryFile driver, List<LibraryFile> found) {
    for (Versions versions : SUPPORTED) {
      Map<CudaLibrary, LibraryFile> files = new EnumMap<>(CudaLibrary.class);
      files.put(CudaLibrary.DRIVER, driver);
      for (CudaLibrary library : REQUIRED) {
        find(library, versions, found).ifPresent(file -> files.put(library, file));
      }
      if (files.size() == 1 + REQUIRED.size() && suits(driver, versions)) {
        for (CudaLibrary part : PARTS) {
          partOf(files.get(part.whole()), part, found).ifPresent(file -> files.put(part, file));
        }
        return Optional.of(new LibrarySet(versions, files));
      }
    }
    return Optional.empty();
  }

  /** Whether the driver is new enough, as far as its file's name tells. */
  static boolean suits(LibraryFile driver, Versions versions) {
    return driver.release() == 0 || driver.release() >= versions.driver();
  }

  static Optional<LibraryFile> find(
      CudaLibrary library, Versions versions, List<LibraryFile> found) {
    return found.stream()
        .filter(file -> file.library() == library && file.major() == versions.majorOf(library))
        .filter(file -> library != CudaLibrary.CUDNN || builtFor(file, versions.cuda()))
        .findFirst();
  }

  private static boolean builtFor(LibraryFile cudnn, int cuda) {
    return cudnn.builtFor() == 0 || cudnn.builtFor() == cuda;
  }

  /** The part that lies beside the library, else any of the same version. */
  private static Optional<LibraryFile> partOf(
      LibraryFile whole, CudaLibrary part, List<LibraryFile> found) {
    List<LibraryFile> fitting =
        found.stream()
            .filter(file -> file.library() == part && file.major() == whole.major())
            .toList();
    return fitting.stream()
        .filter(file -> file.folder().path().equals(whole.folder().path()))
        .findFirst()
        .or(() -> fitting.stream().findFirst());
  }
}
