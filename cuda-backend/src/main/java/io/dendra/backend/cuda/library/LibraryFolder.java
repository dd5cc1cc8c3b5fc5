package io.dendra.backend.cuda.library;

import java.nio.file.Path;

/**
 * A folder in which CUDA libraries may lie.
 *
 * @param path the folder
 * @param source how it came to be searched, as {@code doctor} prints it
 * @param rank the place of that source in the search order, 0 for the first
 */
record LibraryFolder(Path path, String source, int rank) {}
