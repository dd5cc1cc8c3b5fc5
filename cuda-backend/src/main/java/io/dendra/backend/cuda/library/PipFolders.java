package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The folders of NVIDIA's Python packages, on which PyTorch and others stand. Python itself is not
 * started: its packages lie at known places beside it.
 */
record PipFolders(Machine machine) implements LibrarySource {
  @Override
  public List<LibraryFolder> folders() {
    Set<Path> libraries = new LinkedHashSet<>();
    for (Path prefix : prefixes()) {
      libraries.addAll(Machine.entries(prefix.resolve("lib"), "python3*"));
      libraries.addAll(Machine.entries(prefix.resolve("local/lib"), "python3*"));
    }
    List<LibraryFolder> folders = new ArrayList<>();
    for (Path library : libraries) {
      for (String packages : List.of("site-packages", "dist-packages")) {
        addPackages(library.resolve(packages), folders);
      }
    }
    return folders;
  }

  /** The environment that is active, then that of every python on the path, then the usual ones. */
  private Set<Path> prefixes() {
    Set<Path> prefixes = new LinkedHashSet<>(machine.listed("VIRTUAL_ENV"));
    prefixes.addAll(machine.listed("CONDA_PREFIX"));
    for (Path folder : machine.listed("PATH")) {
      for (Path python : Machine.entries(folder, "python3*")) {
        addPrefix(python, prefixes);
        addPrefix(real(python), prefixes);
      }
    }
    prefixes.add(machine.home().resolve(".local"));
    prefixes.addAll(Machine.entries(machine.home().resolve(".pyenv/versions"), "*"));
    prefixes.add(machine.at("/usr/local"));
    prefixes.add(machine.at("/usr"));
    return prefixes;
  }

  private static void addPrefix(Path python, Set<Path> prefixes) {
    Path folder = python.getParent();
    if (folder != null && folder.getParent() != null) {
      prefixes.add(folder.getParent());
    }
  }

  private static Path real(Path python) {
    try {
      return python.toRealPath();
    } catch (IOException e) {
      return python;
    }
  }

  /** {@code nvidia/cublas/lib}, {@code nvidia/cu13/lib} and so on. */
  private static void addPackages(Path packages, List<LibraryFolder> folders) {
    for (Path part : Machine.entries(packages.resolve("nvidia"), "cu*")) {
      Path lib = part.resolve("lib");
      if (Files.isDirectory(lib)) {
        folders.add(new LibraryFolder(lib, "pip", PipPackage.in(packages)));
      }
    }
  }
}
