package io.dendra.backend.cuda.library;

import java.nio.file.Path;
import java.util.Map;

/**
 * A folder in which CUDA libraries may lie.
 *
 * @param path the folder
 * @param source how it came to be searched, as {@code doctor} prints it
 * @param packages what the Python packages beside it tell of each library; empty elsewhere
 */
record LibraryFolder(Path path, String source, Map<CudaLibrary, PipPackage> packages) {
  LibraryFolder(Path path, String source) {
    this(path, source, Map.of());
  }
}
