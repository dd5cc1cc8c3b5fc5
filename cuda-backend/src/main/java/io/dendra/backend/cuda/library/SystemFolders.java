package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the dynamic linker looks, and where CUDA's installers, containers and conda put libraries.
 */
record SystemFolders(Machine machine) implements LibrarySource {
  private static final List<String> USUAL =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/lib64",
          "/usr/lib",
          "/usr/local/nvidia/lib64",
          "/usr/local/nvidia/lib",
          "/usr/local/nvidia",
          "/usr/lib/wsl/lib",
          "/run/opengl-driver/lib",
          "/usr/local/cuda/lib64",
          "/opt/cuda/lib64");
  private static final int DEEPEST_INCLUDE = 4;

  @Override
  public List<LibraryFolder> folders() {
    Set<Path> folders = new LinkedHashSet<>(machine.listed("LD_LIBRARY_PATH"));
    readLoaderConfiguration(machine.at("/etc/ld.so.conf"), folders, 0);
    for (String usual : USUAL) {
      folders.add(machine.at(usual));
    }
    // The newest toolkit comes last in the order of names.
    List<Path> toolkits = new ArrayList<>(Machine.entries(machine.at("/usr/local"), "cuda-*"));
    for (int i = toolkits.size() - 1; i >= 0; i--) {
      folders.add(toolkits.get(i).resolve("lib64"));
      folders.add(toolkits.get(i).resolve("targets/x86_64-linux/lib"));
    }
    for (Path environment : machine.listed("CONDA_PREFIX")) {
      folders.add(environment.resolve("lib"));
    }
    List<LibraryFolder> there = new ArrayList<>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        there.add(new LibraryFolder(folder, "system"));
      }
    }
    return there;
  }

  /** Folders by line, and {@code include} with a pattern of further files. */
  private void readLoaderConfiguration(Path file, Set<Path> folders, int depth) {
    if (depth > DEEPEST_INCLUDE || !Files.isReadable(file)) {
      return;
    }
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        String entry = withoutComment(line);
        if (entry.startsWith("include ")) {
          for (Path other : included(file, entry.substring("include ".length()).strip())) {
            readLoaderConfiguration(other, folders, depth + 1);
          }
        } else if (entry.startsWith("/")) {
          folders.add(machine.at(entry));
        }
      }
    } catch (IOException e) {
      // As for the linker, a file that cannot be read adds no folders.
      return;
    }
  }

  /** A pattern in the last part of a path, which is relative to the file that names it. */
  private List<Path> included(Path file, String pattern) {
    int slash = pattern.lastIndexOf('/');
    String folder = pattern.substring(0, slash + 1);
    Path in = folder.startsWith("/") ? machine.at(folder) : file.resolveSibling(folder);
    return Machine.entries(in, pattern.substring(slash + 1));
  }

  private static String withoutComment(String line) {
    int comment = line.indexOf('#');
    return (comment < 0 ? line : line.substring(0, comment)).strip();
  }
}
