package io.dendra.backend.cuda.library;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Why what was found does not do, in one line.
 *
 * @param driver the driver
 * @param found all other libraries, in search order
 * @param notes what went wrong on the way
 */
record Shortage(LibraryFile driver, List<LibraryFile> found, List<String> notes) {
  private static final String REMEDY =
      "add the dependency org.bytedeco:cuda:12.3-8.9-1.5.10:linux-x86_64-redist, or name folders in"
          + " "
          + ConfiguredFolders.SETTING;

  String describe() {
    List<String> parts = new ArrayList<>();
    List<LibraryFile> relevant =
        found.stream()
            .filter(file -> LibrarySet.REQUIRED.contains(file.library()))
            .sorted(Comparator.comparing(LibraryFile::library))
            .toList();
    if (relevant.isEmpty()) {
      parts.add("there is an NVIDIA driver, but no libcublas, libnvrtc and libcudnn");
    } else {
      parts.add(
          "found " + String.join(", ", relevant.stream().map(LibraryFile::describe).toList()));
      parts.add(lacking());
    }
    parts.addAll(notes);
    parts.add(REMEDY);
    return String.join("; ", parts);
  }

  /** What the set that is nearest to complete lacks. */
  private String lacking() {
    LibrarySet.Versions nearest =
        LibrarySet.SUPPORTED.stream()
            .min(Comparator.comparingInt(versions -> missing(versions).size()))
            .orElseThrow();
    List<String> missing = missing(nearest);
    if (missing.isEmpty()) {
      return "CUDA "
          + nearest.cuda()
          + " needs driver "
          + nearest.driver()
          + " or newer, this is "
          + driver.version();
    }
    if (missing.size() == LibrarySet.REQUIRED.size()) {
      return "needed are "
          + String.join(", ", missing)
          + ", or those of CUDA 13 with libcudnn.so.9";
    }
    return "for CUDA " + nearest.cuda() + " there is no " + String.join(" and no ", missing);
  }

  private List<String> missing(LibrarySet.Versions versions) {
    return LibrarySet.REQUIRED.stream()
        .filter(library -> LibrarySet.find(library, versions, found).isEmpty())
        .map(library -> library.stem() + ".so." + versions.majorOf(library))
        .toList();
  }
}
