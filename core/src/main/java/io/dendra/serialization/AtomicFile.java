package io.dendra.serialization;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file whole or not at all: beside its place first, moved there when it is complete and on
 * the disk. Whatever was there stays until then, also when the machine loses power or the thread is
 * interrupted.
 */
public final class AtomicFile {
  private static final Logger LOG = LoggerFactory.getLogger(AtomicFile.class);

  private AtomicFile() {}

  /** Writes the bytes of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes them; the stream is buffered, and closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, making its folder if need be.
   *
   * @throws IOException when that fails; what was there is untouched then
   */
  public static void write(Path target, Content content) throws IOException {
    Path place = place(target);
    Path part = part(place);
    try {
      try (OutputStream out =
          new BufferedOutputStream(
              Files.newOutputStream(part, StandardOpenOption.CREATE_NEW), 1 << 16)) {
        content.writeTo(out);
      }
      sync(part, StandardOpenOption.WRITE);
      move(part, place);
    } finally {
      Files.deleteIfExists(part);
    }
    syncFolder(place.getParent());
  }

  /**
   * Tries whether a file could be written, before work goes into what it is to hold.
   *
   * @throws IOException when it could not
   */
  public static void requireWritable(Path target) throws IOException {
    Path part = part(place(target));
    try {
      Files.newOutputStream(part, StandardOpenOption.CREATE_NEW).close();
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** What stands in the way, in words: exceptions of the file system often say the path alone. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "no permission for " + e.getMessage();
    }
    if (e instanceof FileAlreadyExistsException) {
      return e.getMessage() + " is no folder";
    }
    if (e instanceof FileSystemException || e.getMessage() == null) {
      return e.toString();
    }
    return e.getMessage();
  }

  /** Where the file will lie: behind a link, what it points to. */
  private static Path place(Path target) throws IOException {
    Path place = Files.isSymbolicLink(target) ? target.toRealPath() : target.toAbsolutePath();
    if (Files.isDirectory(place)) {
      throw new IOException("it is a folder");
    }
    try {
      Files.createDirectories(place.getParent());
    } catch (ReadOnlyFileSystemException e) {
      throw new IOException("the file system can only be read", e);
    }
    return place;
  }

  private static Path part(Path place) {
    return place.resolveSibling(".dendra-" + UUID.randomUUID() + ".part");
  }

  private static void move(Path part, Path place) throws IOException {
    try {
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, place, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** An interrupt closes the channel; the file is saved all the same, and the interrupt kept. */
  private static void sync(Path path, StandardOpenOption mode) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(path, mode)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          Thread.interrupted();
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Makes the new name last; not every system can, and none needs it to keep the file whole. */
  private static void syncFolder(Path folder) {
    try {
      sync(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      LOG.debug("folder {} cannot be synchronised", folder, e);
    }
  }
}
