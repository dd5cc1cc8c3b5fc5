package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unpacks a jar of CUDA libraries: only those that are used, once, by one process at a time. */
final class RedistJar {
  private static final Logger LOG = LoggerFactory.getLogger(RedistJar.class);
  private static final List<String> USED = List.of("libcublas", "libnvrtc", "libcudnn");

  private RedistJar() {}

  static Path unpack(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      String name = file.getFileName().toString().replaceFirst("\\.jar$", "");
      PrivateFolder folder = PrivateFolder.open("redist-" + name);
      List<JarEntry> entries = jar.stream().filter(RedistJar::isUsed).toList();
      if (missingBytes(folder, entries) > 0) {
        // Others that start meanwhile wait instead of writing the same gigabytes.
        try (FileChannel lock =
                FileChannel.open(
                    folder.path().resolve(".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock held = lock.lock()) {
          unpack(jar, entries, folder);
        }
      }
      return folder.path();
    }
  }

  private static void unpack(JarFile jar, List<JarEntry> entries, PrivateFolder folder)
      throws IOException {
    long missing = missingBytes(folder, entries);
    if (missing == 0) {
      return;
    }
    requireSpace(
        missing,
        Files.getFileStore(folder.path()).getUsableSpace(),
        jar.getName() + " into " + folder.path());
    LOG.info(
        "Unpacking {} of CUDA libraries, once, from {} to {}",
        String.format(Locale.ROOT, "%.1f GB", missing / 1e9),
        jar.getName(),
        folder.path());
    for (JarEntry entry : entries) {
      if (!isThere(folder, entry)) {
        try (InputStream in = jar.getInputStream(entry)) {
          folder.keep(fileName(entry), in, entry.getSize());
        }
      }
    }
  }

  static void requireSpace(long missing, long free, String what) throws IOException {
    if (free < missing) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "unpacking %s takes %.1f GB, where %.1f GB are free; dendra.cuda.cache can name"
                  + " another folder",
              what,
              missing / 1e9,
              free / 1e9));
    }
  }

  private static boolean isUsed(JarEntry entry) {
    String name = entry.getName();
    return name.startsWith(RedistJars.FOLDER)
        && name.indexOf('/', RedistJars.FOLDER.length()) < 0
        && name.contains(".so")
        && USED.stream().anyMatch(fileName(entry)::startsWith);
  }

  private static long missingBytes(PrivateFolder folder, List<JarEntry> entries)
      throws IOException {
    long bytes = 0;
    for (JarEntry entry : entries) {
      bytes += isThere(folder, entry) ? 0 : entry.getSize();
    }
    return bytes;
  }

  /** By size: a whole file is moved into place, and reading gigabytes at each start is too slow. */
  private static boolean isThere(PrivateFolder folder, JarEntry entry) throws IOException {
    Path file = folder.path().resolve(fileName(entry));
    return Files.isRegularFile(file) && Files.size(file) == entry.getSize();
  }

  private static String fileName(JarEntry entry) {
    return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
  }
}
