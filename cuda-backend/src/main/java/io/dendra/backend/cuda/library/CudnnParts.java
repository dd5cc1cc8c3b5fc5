package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The libraries that cuDNN loads by name when it is first used ({@code libcudnn_ops.so.9} and so
 * on). One that is damaged would end the process then, so all are looked at before.
 */
final class CudnnParts {
  private CudnnParts() {}

  /**
   * The parts beside cuDNN that have to be loaded before it is used, each after those that it asks
   * for; none where cuDNN finds them itself.
   *
   * @throws LibraryException when one is damaged
   */
  static List<Path> toLoad(LibraryFile cudnn) throws LibraryException {
    Map<Path, List<String>> needed = new LinkedHashMap<>();
    String glob = "libcudnn_*.so." + cudnn.major();
    for (Path part : Machine.entries(cudnn.folder().path(), glob)) {
      needed.put(part, read(part, ElfFile::needed));
    }
    return read(cudnn.path(), ElfFile::searchesItsFolder) ? List.of() : inOrder(needed);
  }

  private static List<Path> inOrder(Map<Path, List<String>> needed) {
    List<Path> order = new ArrayList<>();
    Map<Path, List<String>> left = new LinkedHashMap<>(needed);
    while (!left.isEmpty()) {
      Set<Path> waiting = Set.copyOf(left.keySet());
      List<Path> ready =
          left.keySet().stream().filter(part -> !asksFor(waiting, needed.get(part))).toList();
      // A circle: the linker sorts it out.
      List<Path> next = ready.isEmpty() ? List.copyOf(left.keySet()) : ready;
      order.addAll(next);
      left.keySet().removeAll(next);
    }
    return order;
  }

  private static boolean asksFor(Set<Path> parts, List<String> names) {
    return parts.stream().anyMatch(part -> names.contains(part.getFileName().toString()));
  }

  private static <T> T read(Path part, ElfFile.Reading<T> reading) throws LibraryException {
    try {
      return ElfFile.read(part, reading);
    } catch (IOException e) {
      throw new LibraryException(part + " cannot be used: " + e.getMessage(), e);
    }
  }
}
