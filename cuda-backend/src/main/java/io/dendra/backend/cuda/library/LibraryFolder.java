package io.dendra.backend.cuda.library;

import java.nio.file.Path;

/**
 * A folder in which CUDA libraries may lie.
 *
 * @param path the folder
 * @param source how it came to be searched, as {@code doctor} prints it
 * @param builtFor the major version of CUDA that its cuDNN was built for; 0 when nothing tells
 */
record LibraryFolder(Path path, String source, int builtFor) {
  LibraryFolder(Path path, String source) {
    this(path, source, 0);
  }
}
