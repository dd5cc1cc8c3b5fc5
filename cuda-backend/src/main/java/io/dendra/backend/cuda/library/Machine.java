package io.dendra.backend.cuda.library;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/**
 * The machine as the search sees it; tests have their own.
 *
 * <p>On a machine without CUDA this is part of every start, and the first stream of a process costs
 * more than the whole search: so plain loops, here and in the sources.
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
    List<Path> folders = new ArrayList<>();
    for (String part : split(environment.getOrDefault(variable, ""))) {
      folders.add(at(part));
    }
    return folders;
  }

  /** The parts of a list of folders; empty ones are left out. */
  static List<String> split(String list) {
    List<String> parts = new ArrayList<>();
    StringTokenizer tokens = new StringTokenizer(list, File.pathSeparator);
    while (tokens.hasMoreTokens()) {
      String part = tokens.nextToken().strip();
      if (!part.isEmpty()) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** The entries of a folder that fit a glob, sorted; none when it cannot be read. */
  static List<Path> entries(Path folder, String glob) {
    List<Path> entries = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
        for (Path entry : stream) {
          entries.add(entry);
        }
      } catch (IOException | DirectoryIteratorException e) {
        return List.of();
      }
    }
    Collections.sort(entries);
    return entries;
  }
}
