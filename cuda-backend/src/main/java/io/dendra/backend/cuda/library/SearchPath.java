package io.dendra.backend.cuda.library;

import io.dendra.config.Config;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Where CUDA libraries are looked for. */
final class SearchPath {
  /** The setting: folders, separated as in a class path. */
  static final String SETTING = "dendra.cuda.libraries";

  private static final List<String> SYSTEM =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/usr/local/nvidia/lib64",
          "/usr/local/nvidia/lib",
          "/usr/local/cuda/lib64");

  private SearchPath() {}

  /** The libraries of all folders, the better folder first. */
  static List<LibraryFile> find() throws LibraryException {
    List<LibraryFile> found = new ArrayList<>();
    for (LibraryFolder folder : folders()) {
      if (Files.isDirectory(folder.path())) {
        found.addAll(read(folder));
      }
    }
    return found;
  }

  private static List<LibraryFolder> folders() {
    List<LibraryFolder> folders = new ArrayList<>();
    for (String path :
        Config.get(SETTING).orElse("").split(Pattern.quote(File.pathSeparator), -1)) {
      if (!path.isBlank()) {
        folders.add(new LibraryFolder(Path.of(path.strip()), SETTING, 0));
      }
    }
    for (String path : SYSTEM) {
      folders.add(new LibraryFolder(Path.of(path), "system", 1));
    }
    return folders;
  }

  private static List<LibraryFile> read(LibraryFolder folder) throws LibraryException {
    try {
      return LibraryFile.in(folder);
    } catch (IOException e) {
      throw new LibraryException("the folder " + folder.path() + " cannot be read: " + e, e);
    }
  }
}
