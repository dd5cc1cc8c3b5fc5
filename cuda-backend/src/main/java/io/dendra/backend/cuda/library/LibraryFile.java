package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A CUDA library that lies in a folder.
 *
 * @param library which it is
 * @param major the first number after {@code .so}
 * @param path the file, or the link to it that bears the name other libraries ask for
 * @param folder where it lies
 */
record LibraryFile(CudaLibrary library, int major, Path path, LibraryFolder folder) {
  /** Releases of drivers are counted from far above; {@code libcuda.so.1} is no release. */
  private static final int FIRST_RELEASE = 300;

  private static final Pattern NAME =
      Pattern.compile("(lib[A-Za-z-]+)\\.so\\.(([0-9]{1,6})(?:\\.[0-9]+)*)");

  /**
   * The CUDA libraries of a folder: of each the one with the shortest name for every major version,
   * as that is the name by which other libraries know it.
   */
  static List<LibraryFile> in(LibraryFolder folder) throws IOException {
    List<Path> named = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder.path(), "lib{cu,nv}*.so.*")) {
      entries.forEach(named::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    named.sort(
        Comparator.<Path>comparingInt(path -> path.getFileName().toString().length())
            .thenComparing(Comparator.naturalOrder()));
    List<LibraryFile> found = new ArrayList<>();
    for (Path path : named) {
      LibraryFile file = of(path, folder);
      if (file != null && found.stream().noneMatch(other -> other.isSameKind(file))) {
        found.add(file);
      }
    }
    return found;
  }

  /** The library that a file's name tells of; null when it is none of CUDA's. */
  static LibraryFile of(Path path, LibraryFolder folder) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    CudaLibrary library = name.matches() ? CudaLibrary.ofStem(name.group(1)) : null;
    if (library == null || !Files.isRegularFile(path)) {
      return null;
    }
    return new LibraryFile(library, Integer.parseInt(name.group(3)), path, folder);
  }

  /** All numbers of the file that a link points to; else those of the Python package it is of. */
  String version() {
    Matcher real = NAME.matcher(realName());
    String version = real.matches() ? real.group(2) : String.valueOf(major);
    PipPackage origin = folder.packages().get(library.whole());
    boolean tellsMore = origin != null && origin.version().startsWith(version + ".");
    return tellsMore ? origin.version() : version;
  }

  /**
   * The release of a driver, of {@code libcuda.so.535.104.05} 535; 0 when its name does not tell.
   */
  int release() {
    Matcher real = NAME.matcher(realName());
    int first = real.matches() ? Integer.parseInt(real.group(3)) : 0;
    return library == CudaLibrary.DRIVER && first >= FIRST_RELEASE ? first : 0;
  }

  /** The major version of CUDA that it was built for, where its package tells; else 0. */
  int builtFor() {
    PipPackage origin = folder.packages().get(library);
    return origin == null ? 0 : origin.builtFor();
  }

  /** {@code libcublas.so.12 in /usr/lib64}. */
  String describe() {
    boolean told = library == CudaLibrary.CUDNN && builtFor() != 0;
    return path.getFileName()
        + (told ? " (for CUDA " + builtFor() + ")" : "")
        + " in "
        + folder.path();
  }

  private boolean isSameKind(LibraryFile other) {
    return library == other.library && major == other.major;
  }

  private String realName() {
    try {
      return path.toRealPath().getFileName().toString();
    } catch (IOException e) {
      return path.getFileName().toString();
    }
  }
}
