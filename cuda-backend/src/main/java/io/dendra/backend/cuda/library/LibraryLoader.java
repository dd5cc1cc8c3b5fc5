package io.dendra.backend.cuda.library;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the libraries, loads them by their absolute paths, then JCuda on top of them. */
final class LibraryLoader {
  private LibraryLoader() {}

  /** What was loaded, and the functions that each library has. */
  record Loaded(List<LoadedLibrary> libraries, Map<CudaLibrary, Set<String>> exports) {}

  static Loaded load() throws LibraryException {
    requirePlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    LibrarySet set = LibrarySearch.of(Machine.current()).find();
    Map<CudaLibrary, Set<String>> exports = RequiredFunctions.check(set);
    List<Path> cudnnParts = CudnnParts.toLoad(set.files().get(CudaLibrary.CUDNN));
    List<LoadedLibrary> loaded = new ArrayList<>();
    for (LibraryFile file : set.files().values()) {
      load(file.path());
      loaded.add(
          new LoadedLibrary(file.library(), file.path(), file.folder().source(), file.version()));
    }
    for (Path part : cudnnParts) {
      load(part);
    }
    JCudaNatives.load(set);
    return new Loaded(loaded, exports);
  }

  static void requirePlatform(String system, String processor) throws LibraryException {
    if (!system.equals("Linux") || !processor.equals("amd64")) {
      throw new LibraryException(
          "CUDA is supported on Linux with an x86-64 processor, this is "
              + system
              + " on "
              + processor);
    }
  }

  private static void load(Path file) throws LibraryException {
    try {
      System.load(file.toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError e) {
      throw new LibraryException(file + " cannot be loaded: " + oneLine(e), e);
    }
  }

  /** The message without its line breaks. */
  static String oneLine(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.toString() : message.strip().replaceAll("\\s+", " ");
  }
}
