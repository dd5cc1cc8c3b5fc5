package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for the driver first, as without one the rest is of no use, and then through the sources
 * until a set is complete.
 *
 * @param sources in search order
 * @param system where the driver lies when no source that must work has one
 */
record LibrarySearch(List<LibrarySource> sources, LibrarySource system) {
  private static final String DRIVER = "libcuda.so.1";

  /** Configured folders, the jar with CUDA's libraries, the system, Python's packages. */
  static LibrarySearch of(Machine machine) {
    SystemFolders system = new SystemFolders(machine);
    List<LibrarySource> sources =
        List.of(
            ConfiguredFolders.read(), RedistJars.onClassPath(), system, new PipFolders(machine));
    return new LibrarySearch(sources, system);
  }

  LibrarySet find() throws LibraryException {
    LibraryFile driver = driver();
    List<LibraryFile> named = new ArrayList<>();
    List<LibraryFile> found = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (LibrarySource source : sources) {
      // Beside what somebody named, libraries of one source go better together than a mixture.
      List<LibraryFile> together = new ArrayList<>(named);
      for (LibraryFolder folder : folders(source, notes)) {
        List<LibraryFile> here = libraries(folder, source, notes);
        together.addAll(here);
        found.addAll(here);
        if (source.mustWork()) {
          named.addAll(here);
        }
      }
      Optional<LibrarySet> set =
          LibrarySet.choose(driver, together).or(() -> LibrarySet.choose(driver, found));
      if (set.isPresent()) {
        return set.get();
      }
    }
    throw new LibraryException(new Shortage(driver, found, notes).describe());
  }

  private LibraryFile driver() throws LibraryException {
    List<String> notes = new ArrayList<>();
    List<LibraryFolder> folders = new ArrayList<>();
    for (LibrarySource source : sources) {
      if (source.mustWork()) {
        folders.addAll(folders(source, notes));
      }
    }
    folders.addAll(folders(system, notes));
    for (LibraryFolder folder : folders) {
      Path file = folder.path().resolve(DRIVER);
      if (Files.isRegularFile(file)) {
        return LibraryFile.of(file, folder);
      }
    }
    throw new LibraryException(
        "no NVIDIA driver: "
            + DRIVER
            + " is neither in a folder of "
            + ConfiguredFolders.SETTING
            + " nor on the system");
  }

  private static List<LibraryFolder> folders(LibrarySource source, List<String> notes)
      throws LibraryException {
    try {
      return source.folders();
    } catch (IOException e) {
      note(source, e.getMessage(), notes, e);
      return List.of();
    }
  }

  private static List<LibraryFile> libraries(
      LibraryFolder folder, LibrarySource source, List<String> notes) throws LibraryException {
    try {
      return LibraryFile.in(folder);
    } catch (IOException e) {
      note(source, "the folder " + folder.path() + " cannot be read", notes, e);
      return List.of();
    }
  }

  private static void note(LibrarySource source, String what, List<String> notes, IOException cause)
      throws LibraryException {
    if (source.mustWork()) {
      throw new LibraryException(what, cause);
    }
    notes.add(what);
  }
}
