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
 * @param path the file, or the link to it that bears the name other libraries ask for
 * @param version the numbers after {@code .so} of the file itself
 * @param folder where it lies
 */
record LibraryFile(CudaLibrary library, Path path, String version, LibraryFolder folder) {
  /** Releases of drivers are counted from far above; {@code libcuda.so.1} is no release. */
  private static final int FIRST_RELEASE = 300;

  private static final Pattern NAME =
      Pattern.compile("(lib[A-Za-z-]*)\\.so\\.([0-9]+(?:\\.[0-9]+)*)");

  /** Of {@code libcublas.so.12} 12; of the driver 1. */
  int major() {
    return number(path.getFileName().toString());
  }

  /** {@code libcublas.so.12 in /usr/lib64}. */
  String describe() {
    boolean told = library.whole() == CudaLibrary.CUDNN && folder.builtFor() != 0;
    String builtFor = told ? " (for CUDA " + folder.builtFor() + ")" : "";
    return path.getFileName() + builtFor + " in " + folder.path();
  }

  /**
   * The release of a driver, of {@code libcuda.so.535.104.05} 535; 0 when its name does not tell.
   */
  int release() {
    int first = number("lib.so." + version);
    return library == CudaLibrary.DRIVER && first >= FIRST_RELEASE ? first : 0;
  }

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

  /** The driver in a folder. */
  static LibraryFile driver(Path path, LibraryFolder folder) {
    String version = "1";
    try {
      Matcher real = NAME.matcher(path.toRealPath().getFileName().toString());
      version = real.matches() ? real.group(2) : version;
    } catch (IOException e) {
      // The version is for people; loading will tell what is wrong with the file.
      return new LibraryFile(CudaLibrary.DRIVER, path, version, folder);
    }
    return new LibraryFile(CudaLibrary.DRIVER, path, version, folder);
  }

  private static LibraryFile of(Path path, LibraryFolder folder) throws IOException {
    Matcher name = NAME.matcher(path.getFileName().toString());
    CudaLibrary library = name.matches() ? CudaLibrary.ofStem(name.group(1)) : null;
    if (library == null || !Files.isRegularFile(path)) {
      return null;
    }
    Matcher real = NAME.matcher(path.toRealPath().getFileName().toString());
    String version = real.matches() ? real.group(2) : name.group(2);
    return new LibraryFile(library, path, version, folder);
  }

  private boolean isSameKind(LibraryFile other) {
    return library == other.library && (library == CudaLibrary.DRIVER || major() == other.major());
  }

  private static int number(String fileName) {
    Matcher name = NAME.matcher(fileName);
    if (!name.matches()) {
      throw new IllegalArgumentException(fileName + " carries no version");
    }
    String first = name.group(2).split("\\.", 2)[0];
    return first.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(first);
  }
}
