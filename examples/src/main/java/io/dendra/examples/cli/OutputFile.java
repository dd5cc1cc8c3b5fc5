package io.dendra.examples.cli;

import io.dendra.serialization.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file a command will write: whole, or not at all.
 *
 * @param path where
 * @param option that named it, for errors
 */
public record OutputFile(Path path, String option) {
  /**
   * Makes its folder and tries to write there, so that hours of work do not end at a missing right.
   *
   * @throws Failure when it cannot be written
   */
  public void prepare() {
    try {
      AtomicFile.requireWritable(path);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Writes beside its place and moves it there. */
  public void write(AtomicFile.Content content) {
    try {
      AtomicFile.write(path, content);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private Failure failure(IOException e) {
    String reason = e.getClass() == IOException.class ? e.getMessage() : e.toString();
    return new Failure(
        option
            + " "
            + path
            + " cannot be written: "
            + reason
            + ". Name a file in a folder of yours",
        e);
  }
}
