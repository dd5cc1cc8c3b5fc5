package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.sweep.storage.Storage;
import io.dendra.sweep.storage.Storages;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where studies are kept. */
final class StorageOption {
  private static final String MEMORY = "memory";
  private static final String DEFAULT = "sweeps.db";

  @Option(
      names = "--storage",
      paramLabel = "FILE|URL",
      description =
          "Where studies are kept: a SQLite file, a URL such as postgresql://user@host/db, or"
              + " memory. Default: ${DEFAULT-VALUE}.")
  private String storage = DEFAULT;

  /** The storage; a file that is not there is made. */
  Storage open() {
    return Storages.open(storage);
  }

  /**
   * The storage, for a command that makes nothing.
   *
   * @throws Failure when it is a file that is not there
   */
  Storage openExisting() {
    if (!storage.contains(":") && !storage.equals(MEMORY) && !Files.exists(Path.of(storage))) {
      throw new Failure(
          "there is no file " + storage + " with studies; --storage names another place");
    }
    return open();
  }

  /** The option that names the same place in another command. */
  String asOption() {
    return storage.equals(DEFAULT) ? "" : " --storage " + Words.shell(storage);
  }

  /** Whether it ends with this process. */
  boolean isMemory() {
    return storage.equals(MEMORY);
  }

  /** What was given. */
  @Override
  public String toString() {
    return storage;
  }
}
