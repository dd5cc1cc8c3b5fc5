package io.dendra.serialization;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A zip archive from anywhere: sizes, names and checksums are looked at before they are relied on,
 * which {@link ZipFile} leaves to its caller.
 */
final class ZipArchive implements AutoCloseable {
  private static final int MOST_ENTRIES = 16;

  private final Path path;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

  ZipArchive(Path path) throws IOException {
    this.path = path;
    this.zip = open(path);
    try {
      if (zip.size() > MOST_ENTRIES) {
        throw new ModelFileException(
            path + " is no model file: it is a zip archive of " + zip.size() + " entries");
      }
      zip.stream()
          .forEach(
              entry -> {
                if (entries.put(entry.getName(), entry) != null) {
                  throw new ModelFileException(
                      path + " is damaged: it holds " + entry.getName() + " twice");
                }
              });
    } catch (RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private static ZipFile open(Path path) throws IOException {
    try {
      return new ZipFile(path.toFile());
    } catch (UnsupportedOperationException e) {
      throw new ModelFileException(
          path + " lies on a file system of Java's own: copy it to one of the machine", e);
    } catch (ZipException | IllegalArgumentException e) {
      byte[] begin = new byte[2];
      try (InputStream in = Files.newInputStream(path)) {
        boolean isZip = in.readNBytes(begin, 0, 2) == 2 && begin[0] == 'P' && begin[1] == 'K';
        throw new ModelFileException(
            isZip
                ? path
                    + " is damaged or was cut off (it has "
                    + Files.size(path)
                    + " bytes): copy or save it again"
                : path + " is no model file: it is no zip archive",
            e);
      }
    }
  }

  /** Whether there is an entry. */
  boolean has(String name) {
    return entries.containsKey(name);
  }

  /** Refuses entries of other names. */
  void requireOnly(List<String> names) {
    for (String name : entries.keySet()) {
      if (!names.contains(name)) {
        throw new ModelFileException(
            path + " holds '" + name + "', which no model file does; it may hold " + names);
      }
    }
  }

  /** The bytes of a small entry. */
  byte[] bytes(String name, int most) throws IOException {
    long size = check(name, most);
    try (InputStream in = zip.getInputStream(entries.get(name))) {
      return in.readNBytes((int) size);
    }
  }

  /** Reads all of an entry for its checksum and returns its length, which is then true. */
  long check(String name, long most) throws IOException {
    ZipEntry entry = entries.get(name);
    if (entry.getSize() > most) {
      throw new ModelFileException(
          name + " in " + path + " has " + entry.getSize() + " bytes, more than " + most);
    }
    CRC32 crc = new CRC32();
    long length = 0;
    byte[] piece = new byte[1 << 16];
    try (InputStream in = zip.getInputStream(entry)) {
      for (int read; (read = in.read(piece)) >= 0 && length <= entry.getSize(); ) {
        crc.update(piece, 0, read);
        length += read;
      }
    }
    if (length != entry.getSize() || crc.getValue() != entry.getCrc()) {
      throw new ModelFileException(
          path + " is damaged (the checksum of " + name + " is wrong): copy or save it again");
    }
    return length;
  }

  /** The content of an entry. */
  InputStream open(String name) throws IOException {
    return zip.getInputStream(entries.get(name));
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
