package io.dendra.examples.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file a command will write: whole, or not at all.
 *
 * @param path where
 * @param option that named it, for errors
 */
public record OutputFile(Path path, String option) {
  /** Writes the content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Makes its folder and tries to write there, so that hours of work do not end at a missing right.
   *
   * @throws Failure when it cannot be written
   */
  public void prepare() {
    if (Files.isDirectory(path)) {
      throw new Failure(option + " " + path + ": this is a folder, name a file");
    }
    try {
      Files.createDirectories(folder());
      Files.delete(Files.createTempFile(folder(), ".dendra", ".try"));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Writes beside its place and moves it there. */
  public void write(Content content) {
    try {
      Path part = Files.createTempFile(folder(), path.getFileName() + ".", ".part");
      try {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
          content.writeTo(out);
        }
        move(part);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void move(Path part) throws IOException {
    try {
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Path folder() {
    return path.toAbsolutePath().getParent();
  }

  private Failure failure(IOException e) {
    return new Failure(
        option + " " + path + " cannot be written: " + e + ". Name a file in a folder of yours", e);
  }
}
