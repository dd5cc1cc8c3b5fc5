package io.dendra.cuda.emulator;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The emulator's C++ sources, from the class path: a folder or a jar. */
final class Sources {

  private final SortedMap<String, byte[]> files;

  private Sources(SortedMap<String, byte[]> files) {
    this.files = files;
  }

  static Sources read() throws IOException {
    URL script = Sources.class.getResource("cpp/build.sh");
    if (script == null) {
      throw new IOException("its sources are missing from the class path");
    }
    try {
      URI uri = script.toURI();
      if (!uri.getScheme().equals("jar")) {
        return new Sources(readAll(Path.of(uri).getParent()));
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return new Sources(readAll(jar.provider().getPath(uri).getParent()));
      }
    } catch (URISyntaxException e) {
      throw new IOException("no path to its sources at " + script, e);
    }
  }

  private static SortedMap<String, byte[]> readAll(Path root) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    for (Path file : filesBelow(root)) {
      files.put(root.relativize(file).toString(), Files.readAllBytes(file));
    }
    return files;
  }

  private static List<Path> filesBelow(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }

  /** Names the sources, together with what else decides the result. */
  String hash(String compiler) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(compiler.getBytes(StandardCharsets.UTF_8));
      files.forEach(
          (name, content) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(ByteBuffer.allocate(4).putInt(content.length).array());
            digest.update(content);
          });
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  void writeTo(Path folder) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path to = folder.resolve(file.getKey());
      Files.createDirectories(to.getParent());
      Files.write(to, file.getValue());
    }
  }

  static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
