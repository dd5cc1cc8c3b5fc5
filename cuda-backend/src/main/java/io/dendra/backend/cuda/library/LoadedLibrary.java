package io.dendra.backend.cuda.library;

import java.nio.file.Path;

/**
 * A library in use.
 *
 * @param library which it is
 * @param path the file
 * @param source how its folder was found, as {@code doctor} prints it: {@code
 *     dendra.cuda.libraries}, {@code system}
 * @param version as far as the file's name tells: {@code 12.3.4.1}, or {@code 12} alone
 */
public record LoadedLibrary(CudaLibrary library, Path path, String source, String version) {}
