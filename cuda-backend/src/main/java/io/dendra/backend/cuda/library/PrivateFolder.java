package io.dendra.backend.cuda.library;

import io.dendra.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/** A folder that its owner alone can read and write, for code that will be loaded. */
public record PrivateFolder(Path path) {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /**
   * A folder below {@code dendra.cuda.cache}, by default {@code cuda} in {@code dendra.home}; made
   * where it is missing.
   */
  public static PrivateFolder open(String name) throws IOException {
    Path home =
        Config.get("dendra.home")
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".dendra"));
    Path cache = Config.get("dendra.cuda.cache").map(Path::of).orElse(home.resolve("cuda"));
    return at(cache.toAbsolutePath().resolve(name));
  }

  static PrivateFolder at(Path path) throws IOException {
    FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    Files.createDirectories(path, ownerOnly);
    Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (!owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new AccessDeniedException(path.toString(), null, "it belongs to another user");
    }
    if (!Files.getPosixFilePermissions(path).equals(OWNER_ONLY)) {
      Files.setPosixFilePermissions(path, OWNER_ONLY);
    }
    return new PrivateFolder(path);
  }

  /**
   * A file with exactly this content. One that is there and differs (a crash, a full disk, another
   * hand) is replaced; several processes may do so at once, and each sees a whole file.
   */
  Path keep(String name, byte[] content) throws IOException {
    Path file = path.resolve(name);
    if (holds(file, content)) {
      return file;
    }
    replace(file, part -> Files.write(part, content));
    return file;
  }

  /** A file of this content, of which the size is known; written through to the disk. */
  void keep(String name, InputStream content, long size) throws IOException {
    replace(
        path.resolve(name),
        part -> {
          try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            content.transferTo(Channels.newOutputStream(channel));
            if (channel.size() != size) {
              throw new IOException(name + " has " + channel.size() + " bytes, not " + size);
            }
            channel.force(true);
          }
        });
  }

  private interface Writing {
    void to(Path part) throws IOException;
  }

  private void replace(Path file, Writing writing) throws IOException {
    Path part = Files.createTempFile(path, file.getFileName().toString(), ".part");
    try {
      writing.to(part);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == content.length
        && Arrays.equals(Files.readAllBytes(file), content);
  }
}
