package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A machine made of empty files: enough for all that goes by name. */
final class FakeTree {
  private final Path root;
  private final Map<String, String> environment = new HashMap<>();
  private String configured = "";

  FakeTree(Path root) {
    this.root = root;
  }

  /** Files in a folder of the machine; {@code link -> file} makes a link. */
  FakeTree with(String folder, String... names) throws IOException {
    Path path = Files.createDirectories(machine().at(folder));
    for (String name : names) {
      int arrow = name.indexOf(" -> ");
      if (arrow > 0) {
        Files.createSymbolicLink(
            path.resolve(name.substring(0, arrow)), Path.of(name.substring(arrow + 4)));
      } else {
        Files.createFile(path.resolve(name));
      }
    }
    return this;
  }

  FakeTree text(String file, String content) throws IOException {
    Files.createDirectories(machine().at(file).getParent());
    Files.writeString(machine().at(file), content);
    return this;
  }

  FakeTree driver(String release) throws IOException {
    return with(
        "/usr/lib/x86_64-linux-gnu",
        "libcuda.so." + release,
        "libcuda.so.1 -> libcuda.so." + release);
  }

  FakeTree variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  FakeTree configure(String... folders) {
    configured =
        String.join(":", List.of(folders).stream().map(f -> machine().at(f).toString()).toList());
    return this;
  }

  Machine machine() {
    return new Machine(root, environment, root.resolve("home/user"));
  }

  LibrarySet find() throws LibraryException {
    SystemFolders system = new SystemFolders(machine());
    return new LibrarySearch(
            List.of(new ConfiguredFolders(configured), system, new PipFolders(machine())), system)
        .find();
  }

  /** Where a library of the set lies, as a path of the machine. */
  String place(LibrarySet set, CudaLibrary library) {
    return "/" + root.relativize(set.files().get(library).path());
  }
}
