package io.dendra.backend.cuda.library;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The machine as the search sees it; tests have their own.
 *
 * @param root where its files begin
 * @param environment its variables
 * @param home the user's folder
 */
record Machine(Path root, Map<String, String> environment, Path home) {
  static Machine current() {
    return new Machine(
        Path.of("/"), System.getenv(), Path.of(System.getProperty("user.home", "/")));
  }

  /** A file or folder, given by its absolute path. */
  Path at(String path) {
    return root.resolve(path.startsWith("/") ? path.substring(1) : path);
  }

  /** The folders that a variable lists, as in PATH. */
  List<Path> listed(String variable) {
    return split(environment.getOrDefault(variable, "")).stream().map(this::at).toList();
  }

  /** The parts of a list of folders; empty ones are left out. */
  static List<String> split(String list) {
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(list)
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /** The entries of a folder that fit a glob, sorted; none when it cannot be read. */
  static List<Path> entries(Path folder, String glob) {
    List<Path> entries = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
        stream.forEach(entries::add);
      } catch (IOException | DirectoryIteratorException e) {
        return List.of();
      }
    }
    entries.sort(Comparator.naturalOrder());
    return entries;
  }
}
